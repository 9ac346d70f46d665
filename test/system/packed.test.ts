import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { VERSION } from "@strongroom/client/protocol";
import { afterAll, describe, expect, it } from "vitest";
import { packAll, Project, unreached, whyNoPnpm } from "../support/packed.ts";
import type { Tarball } from "../support/packed.ts";
import { ROOT } from "../support/throwaway.ts";

/** What each package holds, all of it, and what its tarball may weigh, in bytes. */
const CONTENT: {
  readonly [name: string]: { readonly files: readonly RegExp[]; readonly most: number };
} = {
  "@strongroom/client": {
    files: [/^dist\/(?:protocol\/)?[a-z-]+\.(?:d\.ts|js)$/u],
    most: 200_000,
  },
  "@strongroom/daemon": {
    files: [
      /^THIRD_PARTY_NOTICES$/u,
      /^bin\/strongroomd\.js$/u,
      /^dist\/(?:guard\/inherited|guard\/inspector|main|whole)\.js$/u,
    ],
    most: 400_000,
  },
  strongroom: {
    files: [
      /^bin\/(?:(?:docker-credential-|git-credential-)?strongroom\.js|package\.json)$/u,
      /^completions\/(?:_strongroom|strongroom\.(?:bash|fish|ps1))$/u,
      /^dist\/(?:[a-z-]+\/)*[a-z-]+\.c?js$/u,
      /^man\/man1\/strongroom(?:-[a-z-]+)?\.1$/u,
    ],
    most: 400_000,
  },
};
const EVERYWHERE = [/^LICENSE$/u, /^README\.md$/u, /^package\.json$/u];
/** Folders of one machine; what examples name is no such one. */
const MACHINE =
  /\/work\/|\/root\/|\/home\/(?!me\b)[a-z]+\/|\/Users\/[a-z]+\/|\/tmp\/(?!restored\b|saved\b)/u;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly engines: { readonly node: string };
  readonly bin?: { readonly [name: string]: string };
  readonly man?: readonly string[];
  readonly scripts?: { readonly [name: string]: string };
  readonly dependencies: { readonly [name: string]: string };
}

const project = new Project();
const tarballs: Tarball[] = [];
const why = await prepare();
afterAll(() => project.remove());

/** Why there is nothing to look at, to stand in the titles; else empty. */
async function prepare(): Promise<string> {
  const unpacked = await whyNoPnpm();
  if (unpacked !== "") return unpacked;
  try {
    tarballs.push(...(await packAll(join(project.folder, "tarballs"))));
    const said = project.install(...tarballs.map(({ file }) => file));
    if (said === "") return "";
    throw new Error(said);
  } catch (error) {
    const code = unreached(String(error));
    if (code === undefined) throw error;
    return ` (skipped: npm does not reach its registry: ${code})`;
  }
}

function folderOf(name: string): string {
  return join(project.folder, "node_modules", name);
}

function filesOf(name: string): string[] {
  return readdirSync(folderOf(name), { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => !path.startsWith("node_modules/"))
    .filter((path) => statSync(join(folderOf(name), path)).isFile());
}

function manifestOf(name: string): Manifest {
  return JSON.parse(readFileSync(join(folderOf(name), "package.json"), "utf8")) as Manifest;
}

/** The exit status of an installed program, and what it printed; all of it where that is not 0. */
async function bin(
  name: string,
  words: readonly string[],
  input = "",
): Promise<readonly [number | null, string]> {
  const program = join(project.folder, "node_modules/.bin", name);
  const { status, stdout, stderr } = await project.run(program, words, input);
  return [status, status === 0 ? stdout : stdout + stderr];
}

describe.skipIf(why !== "" || process.platform === "win32")(
  `the packages as published${why}`,
  () => {
    for (const [name, { files, most }] of Object.entries(CONTENT)) {
      it(`${name} holds what runs, its licence and its README, and nothing else`, () => {
        const found = filesOf(name);
        const allowed = [...EVERYWHERE, ...files];
        expect(found.filter((path) => !allowed.some((each) => each.test(path)))).toEqual([]);
        expect(allowed.filter((each) => !found.some((path) => each.test(path)))).toEqual([]);
        const file = tarballs.find((each) => each.name === name)?.file ?? "";
        expect(statSync(file).size).toBeLessThan(most);
        console.log(`${name}: ${found.length} files, ${statSync(file).size} bytes packed`);
      });

      it(`${name} names no folder of the machine that it was packed on`, () => {
        const own = [ROOT, realpathSync(ROOT), homedir()].filter((path) => path.length > 1);
        const named = filesOf(name).flatMap((path) => {
          const text = readFileSync(join(folderOf(name), path), "utf8");
          const [found] = MACHINE.exec(text) ?? [own.find((each) => text.includes(each))];
          return found === undefined ? [] : [`${path}: ${found}`];
        });
        expect(named).toEqual([]);
      });

      it(`${name} has a manifest for those who install it`, () => {
        const manifest = manifestOf(name);
        expect(manifest).toMatchObject({
          name,
          version: VERSION,
          license: "Apache-2.0",
          engines: { node: ">=20.19" },
          scripts: {},
        });
        expect(manifest.description.length).toBeGreaterThan(20);
        expect(manifest.keywords.length).toBeGreaterThan(2);
        expect(JSON.stringify(manifest)).not.toMatch(/workspace:|strongroom-source|\.\/src/u);
        for (const version of Object.values(manifest.dependencies)) {
          expect(version).toMatch(/^\d+\.\d+\.\d+$/u);
        }
        for (const path of Object.values(manifest.bin ?? {})) {
          const file = join(folderOf(name), path);
          expect([path, readFileSync(file, "utf8").slice(0, 14)]).toEqual([path, "#!/usr/bin/env"]);
          expect(statSync(file).mode & 0o111).toBe(0o111);
        }
      });
    }

    it("the licences of what the daemon's one file holds stand beside it", () => {
      const notices = readFileSync(
        join(folderOf("@strongroom/daemon"), "THIRD_PARTY_NOTICES"),
        "utf8",
      );
      for (const name of ["age-encryption", "jose", "oauth4webapi", "pino", "@noble/curves"]) {
        expect(notices).toMatch(new RegExp(`^${name} \\d`, "mu"));
      }
      expect(
        notices.match(/^Permission is hereby granted|^Redistribution and use/gmu)?.length,
      ).toBe(notices.match(/^-{76}$/gmu)?.length);
    });

    it("no package that is installed with them runs a script for that", () => {
      const lock = JSON.parse(
        readFileSync(join(project.folder, "node_modules/.package-lock.json"), "utf8"),
      ) as {
        readonly packages: { readonly [path: string]: { readonly hasInstallScript?: boolean } };
      };
      const installed = Object.entries(lock.packages);
      expect(installed.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
      expect(installed.length).toBeGreaterThan(20);
    });

    it("the command line makes a vault and keeps a secret, by the daemon beside it", async () => {
      const { stdout } = await project.run("npx", ["strongroom", "version"]);
      expect(stdout).toBe(`strongroom ${VERSION}\n`);
      expect((await bin("strongroom", ["init"]))[0]).toBe(0);
      expect((await bin("strongroom", ["set", "a/b"], "some-value"))[0]).toBe(0);
      expect(await bin("strongroom", ["get", "a/b"])).toEqual([0, "some-value"]);
      const pid = project.place.record()?.pid ?? 0;
      if (process.platform !== "linux") return;
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      const started = join(realpathSync(folderOf("@strongroom/daemon")), "bin/strongroomd.js");
      expect(words).toContain(started);
    });

    it("the helpers of git and docker keep credentials", async () => {
      const asked = "protocol=https\nhost=git.example\n";
      const kept = `${asked}username=me\npassword=some-value\n`;
      expect((await bin("git-credential-strongroom", ["store"], kept))[0]).toBe(0);
      const [status, said] = await bin("git-credential-strongroom", ["get"], `${asked}\n`);
      expect([status, said]).toEqual([0, expect.stringContaining("password=some-value\n")]);
      const credential = { ServerURL: "registry.example", Username: "me", Secret: "some-value" };
      expect(
        await bin("docker-credential-strongroom", ["store"], JSON.stringify(credential)),
      ).toEqual([0, ""]);
      const [, found] = await bin("docker-credential-strongroom", ["get"], "registry.example");
      expect(JSON.parse(found)).toEqual(credential);
    });

    it("a module in JavaScript imports the SDK", async () => {
      project.write(
        "use.mjs",
        `import { connect, StrongroomError } from "@strongroom/client";
       const client = await connect({ autostart: false });
       await client.set("from/module", "some-value");
       const secret = await client.get("from/module");
       const code = await client.get("missing").then(() => "", (error) =>
         error instanceof StrongroomError ? error.code : String(error));
       client.close();
       console.log(secret.text(), code);`,
      );
      const { stdout, stderr } = await project.run("node", ["use.mjs"]);
      expect([stdout, stderr]).toEqual(["some-value NOT_FOUND\n", ""]);
    });

    it("a program in TypeScript has its types, by node16 and by bundler", async () => {
      project.write(
        "use.ts",
        `import { connect, StrongroomError } from "@strongroom/client";
       import { VERSION } from "@strongroom/client/protocol";
       const client = await connect({ timeout: "1s" });
       const { revision, version }: { revision: number; version: number } =
         await client.set("a", "b", { expect: { absent: true } });
       const text: string = (await client.get("a")).text();
       for await (const event of client.watch("a/**")) console.log(event.revision);
       export const all = [StrongroomError, VERSION, revision, version, text];`,
      );
      project.write(
        "wrong.ts",
        `import { connect } from "@strongroom/client";
       await (await connect()).get(7);`,
      );
      const compile = async (moduleResolution: string, module: string): Promise<string> => {
        const compilerOptions = {
          module,
          moduleResolution,
          strict: true,
          exactOptionalPropertyTypes: true,
          target: "es2022",
          noEmit: true,
          skipLibCheck: false,
          types: ["node"],
          typeRoots: [join(ROOT, "node_modules/@types")],
        };
        const name = `tsconfig.${moduleResolution}.json`;
        project.write(name, JSON.stringify({ compilerOptions, files: ["use.ts", "wrong.ts"] }));
        const program = join(ROOT, "node_modules/.bin/tsc");
        return (await project.run(program, ["--pretty", "false", "-p", name])).stdout;
      };
      const said = await Promise.all([compile("node16", "node16"), compile("bundler", "esnext")]);
      const complaint = expect.stringMatching(/^wrong\.ts\(2,\d+\): error TS2345: [^\n]*\n$/u);
      expect(said).toEqual([complaint, complaint]);
    });

    it("what the package holds for man and shells is what the command line prints", async () => {
      const { stdout } = await project.run("node", [launcher(), "help", "--json"]);
      const { commands } = JSON.parse(stdout) as { readonly commands: readonly { name: string }[] };
      const pages = [
        { file: "man/man1/strongroom.1", words: ["help", "--man"] },
        ...commands.map(({ name }) => ({
          file: `man/man1/strongroom-${name}.1`,
          words: ["help", name, "--man"],
        })),
      ];
      const shells = [
        { file: "completions/_strongroom", words: ["completion", "zsh"] },
        { file: "completions/strongroom.bash", words: ["completion", "bash"] },
        { file: "completions/strongroom.fish", words: ["completion", "fish"] },
        { file: "completions/strongroom.ps1", words: ["completion", "powershell"] },
      ];
      const long = process.env["STRONGROOM_LONG"] !== undefined;
      const some = [...pages.filter((_, at) => long || at % 25 === 0), ...shells];
      console.log(`${some.length} of ${pages.length + shells.length} pages and completions`);
      const printed = await Promise.all(
        some.map(({ words }) => project.run("node", [launcher(), ...words])),
      );
      for (const [at, { file }] of some.entries()) {
        const packed = readFileSync(join(folderOf("strongroom"), file), "utf8");
        expect([file, packed]).toEqual([file, printed[at]?.stdout]);
      }
      const held = filesOf("strongroom").filter((path) => /^(?:completions|man)\//u.test(path));
      expect(held.toSorted()).toEqual([...pages, ...shells].map(({ file }) => file).toSorted());
      expect(manifestOf("strongroom").man?.toSorted()).toEqual(
        pages.map(({ file }) => `./${file}`).toSorted(),
      );
    });
  },
);

function launcher(): string {
  return join(folderOf("strongroom"), "bin/strongroom.js");
}

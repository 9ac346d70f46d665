import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "@strongroom/client/protocol";
import { expect, it, onTestFinished } from "vitest";
import { packAll, pnpm, Project } from "../support/packed.ts";

const LONG = process.env["STRONGROOM_LONG"] !== undefined && process.platform !== "win32";
const why = LONG ? "" : " (skipped: it is a part of npm run test:long)";
const PROGRAMS = ["docker-credential-strongroom", "git-credential-strongroom", "strongroom"];
const TIMEOUT = { timeout: 300_000 };

function empty(): Project {
  const made = new Project();
  onTestFinished(() => made.remove());
  return made;
}

async function demandKept(project: Project, program: string): Promise<void> {
  expect(await project.run(program, ["version"])).toMatchObject({
    stdout: `strongroom ${VERSION}\n`,
  });
  const set = await project.run(program, ["set", "a/b"], "some-value");
  expect([set.status, set.stderr]).toEqual([0, expect.stringContaining("created a vault")]);
  expect(await project.run(program, ["get", "a/b"])).toMatchObject({ stdout: "some-value" });
}

it.skipIf(!LONG)(
  `a global install brings the programs, and pages for man${why}`,
  TIMEOUT,
  async () => {
    const project = empty();
    const tarballs = await packAll(join(project.folder, "tarballs"));
    const prefix = join(project.folder, "global");
    mkdirSync(prefix);
    const files = tarballs.map(({ file }) => file);
    expect(project.install("--global", `--prefix=${prefix}`, ...files)).toBe("");
    expect(readdirSync(join(prefix, "bin")).toSorted()).toEqual([...PROGRAMS, "strongroomd"]);
    const pages = readdirSync(join(prefix, "share/man/man1"));
    expect(pages).toContain("strongroom.1");
    expect(pages).toContain("strongroom-restore-backup.1");
    await demandKept(project, join(prefix, "bin/strongroom"));
  },
);

it.skipIf(!LONG)(
  `pnpm installs what npm does, where a package finds only what it names${why}`,
  TIMEOUT,
  async () => {
    const project = empty();
    const tarballs = await packAll(join(project.folder, "tarballs"));
    const named = tarballs.map(({ name, file }) => [name, `file:${file}`] as const);
    // What is not published yet is found in no registry.
    const overrides = named.map(([name, file]) => `  "${name}": "${file}"\n`).join("");
    project.write("pnpm-workspace.yaml", `overrides:\n${overrides}`);
    const manifest = { private: true, type: "module", dependencies: Object.fromEntries(named) };
    project.write("package.json", JSON.stringify(manifest));
    const [program = "", ...args] = await pnpm();
    expect(project.fetch(program, [...args, "install", "--ignore-scripts"])).toBe("");
    expect(readdirSync(join(project.folder, "node_modules"))).not.toContain("vscode-jsonrpc");
    await demandKept(project, join(project.folder, "node_modules/.bin/strongroom"));
    project.write(
      "use.mjs",
      `import { connect } from "@strongroom/client";
       const client = await connect();
       console.log((await client.get("a/b")).text());
       client.close();`,
    );
    expect(await project.run("node", ["use.mjs"])).toMatchObject({ stdout: "some-value\n" });
    await project.run(join(project.folder, "node_modules/.bin/strongroom"), ["daemon", "stop"]);
    // This time the SDK has to find the daemon that it starts.
    expect(await project.run("node", ["use.mjs"])).toMatchObject({ stdout: "some-value\n" });
  },
);

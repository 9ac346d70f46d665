import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parseArguments } from "strongroom/src/arguments.ts";
import { findCommand } from "strongroom/src/table.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import { blocksOf, documents } from "./support/blocks.ts";
import type { Block } from "./support/blocks.ts";
import { credential } from "./support/oauth/credential.ts";
import { connected, throwaway } from "./support/connected.ts";
import { ROOT } from "./support/throwaway.ts";
import type { Throwaway } from "./support/throwaway.ts";

/** What is run by a test of its own: the tour, and the exchange of bytes. */
const ELSEWHERE = [
  { file: "README.md", first: /^export STRONGROOM_HOME="\$\(mktemp/u, test: "readme.test.ts" },
  { file: "docs/protocol.md", first: /^(?:Content-Length|\{)/u, test: "protocol-document.test.ts" },
] as const;

/** Lines that need the network, a terminal or a program of yours: the command line takes them. */
const TAKEN = [
  "connect ",
  "export --to ",
  "key socket ~",
  "oauth adopt",
  "import --from mcporter",
  "oauth feed",
  "oauth login",
  "oauth logout",
  "recovery new",
  "restore-backup",
  "recovery confirm",
  "secret-service",
  "service install",
  "service uninstall",
  "slot add passphrase ",
  "slot add command",
  "slot remove keyfile",
];

/** How a line ends where it is not with 0. */
const STATUSES: readonly (readonly [RegExp, number])[] = [
  [/^strongroom get github\/token {4}# exit 7/u, 7],
];
/** What does not end by itself is interrupted. */
const ENDLESS = /^strongroom (?:watch|audit --follow)/u;

const ENV_FILE = "KEY=strongroom://stripe/key\n";
const LIVING = credential("any", { expiresIn: 3600 });
const NAMES = [
  "api/json",
  "app/dev/url",
  "ci/npm-token",
  "ci/token",
  "db/password",
  "db/prod/db-url",
  "db/url",
  "github/token",
  "ssh/deploy",
  "stripe/key",
] as const;

const all = documents().flatMap(blocksOf);
const shells = all.filter(
  ({ file, language }) => language === "sh" && !isElsewhere(file, language),
);

function isElsewhere(file: string, language: string): boolean {
  return language === "client" || language === "daemon" || file === "";
}

/** A home in which everything is that the documents speak of. */
async function prepared(): Promise<Throwaway & { readonly folder: string }> {
  const place = throwaway();
  const folder = join(place.home, "work");
  for (const each of ["work", "bin", "stick", ".config/app"]) {
    mkdirSync(join(place.home, each), { recursive: true });
  }
  symlinkSync(join(ROOT, "packages/cli/bin/strongroom.js"), join(place.home, "bin/strongroom"));
  const stub = (path: string): void =>
    writeFileSync(path, "#!/bin/sh\necho stub\n", { mode: 0o755 });
  for (const name of ["gh", "npm", "ssh-add", "curl", "docker"])
    stub(join(place.home, "bin", name));
  for (const name of ["migrate", "server", "deploy", "mint-password"]) stub(join(folder, name));
  const file = (name: string, text: string): void =>
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  file(".env", ENV_FILE);
  file(".env.old", "URL=some-value\n");
  file("old.json", '{"github/token":"old","fresh":"new"}');
  file("api.key", "some-value");
  file("strongroom.json", '{"schema":1,"secrets":{"strongroom://db/url":{"description":"d"}}}');
  file("config.tpl", "url={{ strongroom://db/url | json }}\n");
  file("credential.json", JSON.stringify(LIVING));
  const owner = await connected(place);
  for (const name of NAMES) await owner.set(name, '{"token":"some-value"}');
  await owner.set("github/token", '{"token":"another"}');
  await owner.change("oauth/put", { ...LIVING, name: "mcp/notes" }, {});
  const sha256 = createHash("sha256").update(ENV_FILE).digest("hex");
  await owner.change("approval/add", { path: realpathSync(join(folder, ".env")), sha256 }, {});
  const ci = { name: "first", allow: ["get,list:github/**"], noExpiry: true } as const;
  file("ci.key", (await owner.change("key/create", ci, {})).token);
  const shop = {
    name: "older",
    audience: "billing",
    allow: ["read:/invoices/**"],
    noExpiry: true,
  } as const;
  file("presented.key", (await owner.change("key/create", shop, {})).token);
  return Object.assign(place, { folder });
}

/** A line as it stands, but for folders of other machines. */
function here(line: string, place: { readonly home: string; readonly folder: string }): string {
  return line
    .replaceAll("/media/stick", join(place.home, "stick"))
    .replaceAll("/usr/local/bin/mint-password", join(place.folder, "mint-password"))
    .replaceAll("~/", `${place.home}/`);
}

/** The words of a command of ours, without what the shell does with them. */
async function demandTaken(line: string): Promise<void> {
  const [command = ""] = line.replace(/^[A-Z_]+=\S+ /u, "").split(/ +#| [<>|] /u);
  const words = (command.match(/'[^']*'|\S+/gu) ?? []).map((word) => word.replaceAll("'", ""));
  const [program, verb = "", ...rest] = words;
  expect(program).toBe("strongroom");
  parseArguments(verb, rest, await findCommand(verb));
}

async function demandRun(
  line: string,
  place: Throwaway & { readonly folder: string },
): Promise<void> {
  const limit = ENDLESS.test(line) ? "timeout -s TERM 2 " : "";
  const script = limit + here(line, place);
  const env = { ...place.env, PATH: `${join(place.home, "bin")}:${process.env["PATH"]}` };
  const { status, stderr } = spawnSync("sh", ["-c", script], {
    cwd: place.folder,
    env,
    input: "",
    timeout: 50_000,
  });
  const wanted = STATUSES.find(([pattern]) => pattern.test(line))?.[1] ?? (limit === "" ? 0 : 124);
  expect({ line, status, stderr: status === wanted ? "" : stderr.toString() }).toEqual({
    line,
    status: wanted,
    stderr: "",
  });
}

const scripts = (
  JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object }
).scripts;

describe.skipIf(process.platform === "win32")("the fenced blocks of the documents", () => {
  it("are JSON where they say so", () => {
    const texts = all.filter(({ language }) => language === "json");
    expect(texts.length).toBeGreaterThan(0);
    for (const { lines } of texts) expect(JSON.parse(lines.join("\n"))).toBeTypeOf("object");
  });

  it("are of languages that a test knows", () => {
    expect(all.length).toBeGreaterThan(20);
    const known = new Set(["", "client", "daemon", "ini", "js", "json", "sh", "yaml"]);
    expect(all.filter(({ language }) => !known.has(language))).toEqual([]);
    // The one without a language is a drawing.
    expect(all.filter(({ language }) => language === "").map(({ file }) => file)).toEqual([
      "CONTRIBUTING.md",
    ]);
  });

  for (const block of shells) {
    const [first = ""] = block.lines;
    if (ELSEWHERE.some((each) => each.file === block.file && each.first.test(first))) continue;
    it(`${block.file}: ${first}`, { timeout: 120_000 }, async () => {
      await demandBlock(block);
    });
  }

  it("in JavaScript are what the SDK takes", { timeout: 60_000 }, () => {
    const programs = all.filter(({ language }) => language === "js");
    expect(programs.length).toBeGreaterThan(0);
    const folder = mkdtempSync(join(ROOT, "examples/.blocks-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const [at, { lines }] of programs.entries()) {
      writeFileSync(
        join(folder, `block-${at}.ts`),
        `declare const token: string;\n${lines.join("\n")}\n`,
      );
    }
    const config = {
      extends: "../tsconfig.json",
      include: ["*.ts"],
      references: [],
      compilerOptions: { paths: { "@strongroom/client": ["../../packages/client/src/index.ts"] } },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = spawnSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", folder, "--noEmit"]);
    expect([tsc.stdout.toString(), tsc.status]).toEqual(["", 0]);
  });
});

async function demandBlock(block: Block): Promise<void> {
  const lines = block.lines.filter((line) => !line.startsWith("#"));
  if (lines.every((line) => line.startsWith("npm "))) {
    for (const line of lines) {
      const [, script = ""] = /^npm (?:run )?([a-z:]+)/u.exec(line) ?? [];
      expect([line, Object.hasOwn(scripts, script)]).toEqual([line, true]);
    }
    return;
  }
  const place = await prepared();
  for (const line of lines) {
    if (line.startsWith("export ")) continue;
    if (TAKEN.some((part) => line.includes(part))) await demandTaken(line);
    else await demandRun(line, place);
  }
}

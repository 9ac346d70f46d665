import { createHash } from "node:crypto";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { throwaway } from "../../support/connected.ts";
import { atTerminal, noTerminal } from "../../support/terminal.ts";
import type { Step } from "../../support/terminal.ts";
import { ROOT } from "../../support/throwaway.ts";
import type { Throwaway } from "../../support/throwaway.ts";

const QUESTION = "Type yes to go on: ";
const LAUNCHER = join(ROOT, "packages/cli/bin/strongroom.js");

interface Project {
  readonly place: Throwaway;
  readonly file: string;
  readonly write: (text: string) => void;
  /** Runs the project with nobody at a terminal. */
  readonly run: () => Promise<{ status: number | null; stdout: string; stderr: string }>;
}

async function project(): Promise<Project> {
  const place = throwaway();
  await place.cli(["set", "prod/key"], "sup3r-s3cret");
  mkdirSync(join(place.home, "repo"));
  const file = join(place.home, "repo/.env");
  const write = (text: string): void => writeFileSync(file, text);
  write("PLAIN=1\nKEY=strongroom://prod/key\n");
  const run = (): ReturnType<Project["run"]> =>
    place.run("setsid", [
      "-w",
      process.execPath,
      "--",
      LAUNCHER,
      "run",
      "--mask",
      "never",
      "--env-file",
      file,
      "--",
      "sh",
      "-c",
      'echo "$PLAIN $KEY"',
    ]);
  return { place, file, write, run };
}

/** Runs a shell program over changes: FILE is the project's file, CHANGE stores another value. */
async function watched(program: string, steps: readonly Step[]): ReturnType<typeof atTerminal> {
  const { file, place } = await project();
  const change = `printf v2-longer | '${process.execPath}' -- '${LAUNCHER}' set prod/key`;
  const script = join(place.home, "program");
  writeFileSync(script, `${program.replace("FILE", file).replace("CHANGE", change)}\n`);
  return await atTerminal(place, `run --watch restart --env-file ${file} -- sh ${script}`, steps);
}

test(
  `a .env file is asked for, asked for again when it has changed, and used when approved${noTerminal}`,
  { timeout: 60_000 },
  async () => {
    if (noTerminal !== "") return;
    const { file, place, run, write } = await project();
    const refused = await run();
    expect([refused.status, refused.stdout]).toEqual([4, ""]);
    expect(refused.stderr).toContain(`strongroom approval add ${file}`);
    const command = `run --env-file ${file} -- sh -c 'echo "$PLAIN $KEY"'`;
    const no = await atTerminal(place, command, [{ shown: QUESTION, typed: "no\n" }]);
    expect([no.status, no.shown.includes("sup3r-s3cret")]).toEqual([3, false]);
    const yes = await atTerminal(place, command, [{ shown: QUESTION, typed: "yes\n" }]);
    expect([yes.status, yes.shown]).toEqual([0, expect.stringContaining("1 sup3r-s3cret")]);
    expect(yes.shown).toContain("KEY = prod/key");
    expect(yes.shown).toContain("and sets PLAIN");
    expect(await run()).toEqual({ status: 0, stdout: "1 sup3r-s3cret\n", stderr: "" });
    write("PLAIN=2\nKEY=strongroom://prod/key\n");
    const changed = await run();
    expect([changed.status, changed.stderr]).toEqual([
      4,
      expect.stringContaining("has changed since it was approved"),
    ]);
    const again = await atTerminal(place, command, [{ shown: QUESTION, typed: "yes\n" }]);
    expect(again.shown).toContain("2 sup3r-s3cret");
    expect((await run()).stdout).toBe("2 sup3r-s3cret\n");
    write("PLAIN=1\nKEY=strongroom://prod/key\n");
    expect((await run()).status).toBe(4);
  },
);

test(
  `while a program runs nobody is asked about a file that has changed${noTerminal}`,
  { timeout: 60_000 },
  async () => {
    if (noTerminal !== "") return;
    const ran = await watched(`echo B=2 >> FILE; CHANGE; read l; echo "got $l"`, [
      { shown: QUESTION, typed: "yes\n" },
      { shown: "keeps what it has", typed: "yes\n" },
    ]);
    expect(ran.shown).toContain("has changed since");
    expect([ran.status, ran.shown.split(QUESTION).length]).toEqual([0, 2]);
    expect(ran.shown).toContain("got yes");
  },
);

test(
  `the question between two programs can be left${noTerminal}`,
  { timeout: 60_000 },
  async () => {
    if (noTerminal !== "") return;
    const program = "trap 'echo B=2 >> FILE; exit 0' TERM; CHANGE; while :; do sleep 0.05; done";
    const ran = await watched(program, [
      { shown: QUESTION, typed: "yes\n" },
      { shown: QUESTION, typed: "\u0003" },
    ]);
    expect([ran.status, ran.shown.split(QUESTION).length]).toEqual([130, 3]);
  },
);

test(
  `all that a .env file asks for is shown, as it is read, or it is not asked about${noTerminal}`,
  { timeout: 60_000 },
  async () => {
    if (noTerminal !== "") return;
    const { file, place, write } = await project();
    const many = (count: number): string =>
      Array.from({ length: count }, (_, at) => `DEV${at}=strongroom://dev/key\n`).join("");
    const hidden = 'HIDDEN="strongroom://%70%72%6f%64%2fkey#a%20b?version=3"\n';
    const plain = Array.from({ length: 40 }, (_, at) => `V${at}=1\n`).join("");
    write(`${many(30)}${hidden}${plain}NODE_OPTIONS=--require ./evil.cjs\n`);
    const command = `run --env-file ${file} -- true`;
    const asked = await atTerminal(place, command, [{ shown: QUESTION, typed: "no\n" }]);
    expect(asked.shown).toContain("HIDDEN = prod/key, its a b, version 3");
    expect(asked.shown).toContain("V39");
    expect(asked.shown).toContain("NODE_OPTIONS is set to --require ./evil.cjs");
    write(many(201));
    const refused = await place.cli(["run", "--env-file", file, "--", "true"]);
    const [, hash = ""] = /--sha256 ([0-9a-f]{64})/.exec(refused.stderr) ?? [];
    expect([refused.status, hash.length]).toEqual([4, 64]);
    write('A=strongroom://x%1b]0;PWNED%07y\nPATH="\u001b[2J/evil"\n');
    const hostile = await atTerminal(place, command, [{ shown: QUESTION, typed: "no\n" }]);
    expect(hostile.shown).toContain("x\\u{1b}]0;PWNED");
    for (const raw of ["\u001b]0", "\u001b[2J"]) expect(hostile.shown).not.toContain(raw);
    write(many(201));
    const long = await atTerminal(place, `approval add ${file}`, []);
    expect([long.status, long.shown]).toEqual([4, expect.stringContaining(hash)]);
    expect((await place.cli(["approval", "add", file, "--sha256", hash])).status).toBe(0);
  },
);

test(
  "a .env file without references is approved, too, where the program gets secrets",
  { timeout: 60_000 },
  async () => {
    const { file, place, run, write } = await project();
    write("PATH=/tmp/evil\nBASH_ENV=/tmp/evil.sh\n");
    expect((await run()).status, "it gets none").toBe(127);
    const wanting = ["--env", "KEY=strongroom://prod/key"];
    const args = ["run", ...wanting, "--env-file", file, "--", "/bin/true"];
    const refused = await place.cli(args);
    expect([refused.status, refused.stderr]).toEqual([4, expect.stringContaining(file)]);
    const sha256 = createHash("sha256")
      .update("PATH=/tmp/evil\nBASH_ENV=/tmp/evil.sh\n")
      .digest("hex");
    await place.cli(["approval", "add", file, "--sha256", sha256]);
    expect((await place.cli(args)).status).toBe(0);
  },
);

test(
  "an approval is of the path that was given, can be given by hash, listed and taken back",
  { timeout: 60_000 },
  async () => {
    const { file, place, run, write } = await project();
    const sha256 = createHash("sha256")
      .update("PLAIN=1\nKEY=strongroom://prod/key\n")
      .digest("hex");
    const link = join(place.home, "link");
    symlinkSync(file, link);
    expect((await place.cli(["approval", "add", file, "--sha256", "0".repeat(64)])).status).toBe(5);
    // A repository may bring a link to what is approved elsewhere.
    expect((await place.cli(["approval", "add", link, "--sha256", sha256])).status).toBe(0);
    expect((await run()).status).toBe(4);
    expect((await place.cli(["approval", "remove", link])).status).toBe(0);
    expect((await place.cli(["approval", "add", file, "--sha256", sha256])).status).toBe(0);
    expect((await run()).status).toBe(0);
    const listed = await place.cli(["approval", "list", "--json"]);
    expect(JSON.parse(listed.stdout)).toMatchObject({ approvals: [{ path: file, sha256 }] });
    mkdirSync(join(place.home, "other"));
    const copy = join(place.home, "other/.env");
    writeFileSync(copy, "PLAIN=1\nKEY=strongroom://prod/key\n");
    const elsewhere = await place.run("setsid", [
      "-w",
      process.execPath,
      "--",
      LAUNCHER,
      "run",
      "--env-file",
      copy,
      "--",
      "true",
    ]);
    expect(elsewhere.status).toBe(4);
    expect((await place.cli(["approval", "remove", file])).status).toBe(0);
    expect((await run()).status).toBe(4);
    write("PLAIN=only\n");
    expect((await run()).stdout).toBe("only \n");
    write("STRONGROOM_API_KEY=x\n");
    expect((await run()).status).toBe(125);
  },
);

test("a key neither approves nor goes without approval", { timeout: 60_000 }, async () => {
  const { file, place, run } = await project();
  const made = await place.cli(["key", "create", "k", "--allow", "*:**", "--no-expiry"]);
  const withKey = (args: readonly string[]): ReturnType<Throwaway["run"]> =>
    place.run("env", [
      `STRONGROOM_API_KEY=${made.stdout.trim()}`,
      "setsid",
      "-w",
      process.execPath,
      "--",
      LAUNCHER,
      ...args,
    ]);
  expect((await withKey(["run", "--env-file", file, "--", "true"])).status).toBe(4);
  if (noTerminal === "") {
    const keyed = { env: { ...place.env, STRONGROOM_API_KEY: made.stdout.trim() } };
    const asked = await atTerminal(keyed, `run --env-file ${file} -- true`, []);
    expect([asked.status, asked.shown]).toEqual([4, expect.stringContaining("not approved")]);
  }
  const sha256 = createHash("sha256").update("PLAIN=1\nKEY=strongroom://prod/key\n").digest("hex");
  expect((await withKey(["approval", "add", file, "--sha256", sha256])).status).toBe(4);
  await place.cli(["approval", "add", file, "--sha256", sha256]);
  expect((await withKey(["run", "--env-file", file, "--", "true"])).status).toBe(0);
  expect((await run()).status).toBe(0);
});

test.skipIf(process.platform !== "linux")(
  "who starts Node so that it reads such a file itself is told how not to",
  { timeout: 60_000 },
  async () => {
    const { file, place, write } = await project();
    write("PLAIN=1\n");
    const args = [LAUNCHER, "run", "--env-file", file, "--", "true"];
    const refused = await place.run(process.execPath, args);
    expect(refused.status).toBe(125);
    expect(refused.stderr).toContain("node -- /");
    expect((await place.run(process.execPath, ["--", ...args])).status).toBe(0);
    expect((await place.run(process.execPath, [LAUNCHER, "run", "--", "true"])).status).toBe(0);
  },
);

// nodejs/node#54232: Node reads the file of any --env-file, and NODE_OPTIONS in it.
test.skipIf(process.platform !== "linux")(
  "Node itself reads no file that an option of ours names",
  { timeout: 60_000 },
  async () => {
    const { file, place, write } = await project();
    const mark = join(place.home, "evil");
    writeFileSync(
      join(place.home, "evil.cjs"),
      `require("fs").writeFileSync(${JSON.stringify(mark)}, "")`,
    );
    write(`NODE_OPTIONS="--require ${join(place.home, "evil.cjs")}"\n`);
    await place.run(LAUNCHER, ["run", "--env-file", file, "--", "true"]);
    expect(existsSync(mark)).toBe(false);
  },
);

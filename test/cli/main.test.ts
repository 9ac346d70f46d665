import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { throwaway } from "../support/connected.ts";
import { ROOT, Throwaway } from "../support/throwaway.ts";

const CLI = join(ROOT, "packages/cli/bin/strongroom.js");
let place: Throwaway;
beforeAll(async () => {
  place = new Throwaway();
  await place.cli(["init"]);
});
afterAll(() => place.remove());

async function json(args: readonly string[], input = ""): Promise<Record<string, unknown>> {
  const { stdout, stderr, status } = await place.cli([...args, "--json"], input);
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  expect(stdout.endsWith("\n") && stdout.indexOf("\n") === stdout.length - 1).toBe(true);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Exit status, code, and whether the command that goes on is said. */
async function refused(args: readonly string[], input = ""): Promise<unknown> {
  const { status, stdout, stderr } = await place.cli(args, input);
  expect(stdout).toBe("");
  const [what, code, next, ...more] = stderr.trimEnd().split("\n");
  expect([what, next, more]).toEqual([
    expect.stringMatching(/^strongroom: ./),
    expect.stringMatching(/^ {2}next: ./),
    [],
  ]);
  expect(code).toMatch(new RegExp(`^  code: [A-Z_]+ \\(exit ${status}\\)$`));
  return [status, /code: (\S+)/.exec(code ?? "")?.[1]];
}

describe("without a vault", () => {
  it.each([["get", "a"], ["list"], ["delete", "a"], ["status"], ["history", "a"], ["verify"]])(
    "%s says so with 6, starts nothing and makes nothing",
    async (...args) => {
      const empty = throwaway();
      const { status, stdout, stderr } = await empty.cli(args);
      expect({ status, stdout }).toEqual({ status: 6, stdout: "" });
      expect(stderr).toContain("strongroom init");
      expect(readdirSync(empty.home)).toEqual([]);
    },
  );

  it("a first set makes one and says where", async () => {
    const empty = throwaway();
    const { status, stdout, stderr } = await empty.cli(["set", "a"], "1");
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(stderr).toBe(`strongroom: created a vault in ${join(empty.home, "vault")}\n`);
  });
});

describe("set and get", () => {
  it.each([
    ["hunter2", [], "hunter2"],
    ["hunter2\n", [], "hunter2"],
    ["hunter2\r\n", [], "hunter2"],
    ["two\n\n", [], "two\n"],
    ["hunter2\n", ["--raw"], "hunter2\n"],
    ["", [], ""],
  ])("bring back what was piped: %j %j", async (input, options, value) => {
    expect(await place.cli(["set", "piped", ...options], input)).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
    const { stdout, status } = await place.cli(["get", "piped"]);
    expect({ stdout, status }).toEqual({ stdout: value, status: 0 });
  });

  it("bring back a file byte for byte", async () => {
    const file = join(place.home, "bytes");
    writeFileSync(file, Buffer.from([0, 255, 10]));
    await place.cli(["set", "bytes", "--from-file", file]);
    expect(await json(["get", "bytes"])).toMatchObject({ value: "AP8K", encoding: "base64" });
  });

  it.runIf(existsSync("/dev/zero"))("refuse a file without an end", async () => {
    expect(await refused(["set", "endless", "--from-file", "/dev/zero"])).toEqual([2, "TOO_LARGE"]);
  });

  it("keep what is said of a secret", async () => {
    const described = ["--tag", "ci", "--tag", "x", "--note", "n", "--content-type", "text/plain"];
    await place.cli(["set", "described", ...described, "--expires", "1h"], "v");
    const { metadata } = await json(["get", "described"]);
    expect(metadata).toMatchObject({ tags: ["ci", "x"], note: "n", contentType: "text/plain" });
    expect((await place.cli(["list", "--tag", "ci"])).stdout).toBe("described\n");
  });

  it("judge what is demanded", async () => {
    expect(await json(["set", "cas", "--if-absent"], "1")).toMatchObject({ schema: 1, version: 1 });
    expect(await refused(["set", "cas", "--if-absent"], "2")).toEqual([12, "ALREADY_EXISTS"]);
    expect(await refused(["set", "cas", "--if-version", "7"], "2")).toEqual([5, "CONFLICT"]);
    expect(await json(["set", "cas", "--if-version", "1"], "2")).toMatchObject({ version: 2 });
    expect((await place.cli(["get", "cas", "--version", "1"])).stdout).toBe("1");
  });

  it("refuse a value on the command line without echoing it", async () => {
    const { status, stdout, stderr } = await place.cli(["set", "argv", "canary"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("| strongroom set argv");
    expect(stderr).not.toContain("canary");
    expect(await refused(["get", "argv"])).toEqual([6, "NOT_FOUND"]);
  });
});

describe("the other verbs", () => {
  it("list, delete, bring back and forget", async () => {
    for (const name of ["v/a", "v/b", "w/c"]) await place.cli(["set", name], "1");
    expect((await place.cli(["ls", "v/*"])).stdout).toBe("v/a\nv/b\n");
    expect(await refused(["rm", "v/a", "--if-version", "9"])).toEqual([5, "CONFLICT"]);
    expect((await place.cli(["rm", "v/a"])).status).toBe(0);
    expect(await refused(["delete", "v/a"])).toEqual([6, "NOT_FOUND"]);
    expect((await place.cli(["list", "v/*", "--all", "--long"])).stdout).toMatch(/v\/a .*deleted/);
    expect((await place.cli(["history", "v/a"])).stdout.split("\n")).toHaveLength(3);
    expect(await json(["restore", "v/a", "--version", "1"])).toMatchObject({ version: 3 });
    expect(await json(["clear", "v/", "--yes"])).toMatchObject({ cleared: 2 });
    expect((await place.cli(["list", "w/*"])).stdout).toBe("w/c\n");
    expect(await json(["purge", "w/c", "--yes"])).toMatchObject({ purged: 1 });
    expect(await refused(["history", "w/c"])).toEqual([6, "NOT_FOUND"]);
  });

  it("verify, and back up to a new file of its owner's alone", async () => {
    expect(await json(["verify"])).toMatchObject({ ok: true });
    const { file } = await json(["backup"]);
    expect(existsSync(String(file))).toBe(true);
    const copy = join(place.home, "copy.age");
    expect((await place.cli(["backup", copy])).stdout).toBe(`${copy}\n`);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(readFileSync(copy).subarray(0, 3).toString()).toBe("age");
    const { status, stderr } = await place.cli(["backup", copy]);
    expect([status, stderr]).toEqual([12, expect.stringContaining("there already")]);
  });

  it("say how things are", async () => {
    expect(await json(["status"])).toMatchObject({
      schema: 1,
      state: "open",
      pid: place.record()?.pid,
    });
    expect((await place.cli(["daemon", "status"])).stdout).toMatch(/^fsyncP50Ms:/m);
    const { stdout, status } = await place.cli(["doctor"]);
    expect({ status, problems: /^problem/m.test(stdout) }).toEqual({ status: 0, problems: false });
    expect(await json(["version"])).toMatchObject({ version: "0.1.0", protocol: { max: 1 } });
    expect((await place.cli(["--version"])).stdout).toBe("strongroom 0.1.0\n");
  });

  it("init says that there is a vault already", async () => {
    expect(await json(["init"])).toMatchObject({
      created: false,
      folder: join(place.home, "vault"),
    });
  });

  it("help explains commands and exit codes, and --help is help", async () => {
    expect((await place.cli([])).stdout).toContain("usage: strongroom COMMAND");
    expect((await place.cli(["help", "exit-codes"])).stdout).toMatch(/^18 +not supported here/m);
    const { stdout } = await place.cli(["help", "set"]);
    expect(stdout).toContain("--from-file FILE");
    expect((await place.cli(["set", "--help"])).stdout).toBe(stdout);
    expect(await json(["help", "get"])).toMatchObject({ command: "get", operands: "NAME" });
  });
});

describe("refusals", () => {
  it.each([
    [["lsit"], 2, "INVALID"],
    [["service", "x"], 2, "INVALID"],
    [["get"], 2, "INVALID"],
    [["get", "a", "--nope"], 2, "INVALID"],
    [["get", "none"], 6, "NOT_FOUND"],
    [["set", "a*"], 2, "INVALID"],
    [["restore", "a"], 2, "INVALID"],
    [["purge", "a", "--versions", "x"], 2, "INVALID"],
    [["clear", ""], 2, "INVALID"],
    [["daemon", "dance"], 2, "INVALID"],
    [["repair"], 2, "INVALID"],
  ])("%j ends with %d", async (args, status, code) => {
    expect(await refused(args)).toEqual([status, code]);
  });

  it("are one line of JSON on stderr when that is asked for", async () => {
    const { status, stdout, stderr } = await place.cli(["get", "none", "--json"]);
    expect({ status, stdout }).toEqual({ status: 6, stdout: "" });
    expect(JSON.parse(stderr)).toMatchObject({
      schema: 1,
      error: { code: "NOT_FOUND", retryable: false, hint: expect.any(String) as string },
    });
  });

  it("a key that cannot be honoured is never the owner's session", async () => {
    for (const value of ["canary", ""]) {
      const { status, stderr } = await withKey(value);
      expect(status).toBe(4);
      expect(stderr).not.toContain("canary");
    }
  });
});

function withKey(value: string): ReturnType<Throwaway["cli"]> {
  return place.run("env", [`STRONGROOM_API_KEY=${value}`, process.execPath, CLI, "get", "cas"]);
}

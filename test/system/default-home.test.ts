import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "../support/throwaway.ts";

const LAUNCHER = join(ROOT, "packages/cli/bin/strongroom.js");

/** Runs the command line where nothing but HOME says where a vault is, all streams piped. */
function user(): (args: readonly string[], input?: string) => object {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "sr-")));
  const env = { PATH: process.env["PATH"], HOME: home };
  const run = (args: readonly string[], input = ""): object => {
    const options = { cwd: home, env, input, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCHER, ...args], options);
    return { status, stdout, stderr };
  };
  onTestFinished(() => {
    run(["daemon", "stop"]);
    rmSync(home, { recursive: true, force: true });
  });
  return run;
}

test("a first set from a pipe makes a vault in the user's default place", () => {
  const run = user();
  expect(run(["set", "a"], "1")).toEqual({
    status: 0,
    stdout: "",
    stderr: expect.stringMatching(/^strongroom: created a vault in .+\n$/),
  });
});

test("a get into a pipe starts the daemon that is not there", () => {
  const run = user();
  run(["init"]);
  run(["set", "a"], "1");
  run(["daemon", "stop"]);
  expect(run(["get", "a"])).toEqual({ status: 0, stdout: "1", stderr: "" });
});

test("a get into a pipe says that there is no vault", () => {
  expect(user()(["get", "a"])).toMatchObject({
    status: 6,
    stderr: expect.stringContaining("strongroom init"),
  });
});

test("a get into a pipe says that there is no such secret", () => {
  const run = user();
  run(["set", "a"], "1");
  expect(run(["get", "b"])).toMatchObject({
    status: 6,
    stderr: expect.stringContaining('no secret named "b"'),
  });
});

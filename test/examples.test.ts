import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT, Throwaway } from "./support/throwaway.ts";

const PROGRAM = join(ROOT, "examples/client.py");
const python = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]);
const why = python.status === 0 ? "" : " (skipped: there is no python3, 3.8 or later, here)";

describe.skipIf(why !== "")(`examples/client.py${why}`, () => {
  let place: Throwaway;
  beforeEach(async () => {
    place = new Throwaway();
    const { status, stderr } = await place.cli(["init"]);
    expect(stderr).toContain(place.home);
    expect(status).toBe(0);
    await place.cli(["set", "from/cli"], "väl\nue");
  });
  afterEach(async () => {
    await place.remove();
  });

  it("reads what the command line stored", async () => {
    const { stdout, stderr, status } = await place.run("python3", [PROGRAM, "get", "from/cli"]);
    expect({ stdout, stderr, status }).toEqual({ stdout: "väl\nue", stderr: "", status: 0 });
  });

  it("stores what the command line reads", async () => {
    const set = await place.run("python3", [PROGRAM, "set", "from/python"], "snake");
    expect(set).toEqual({ stdout: "1\n", stderr: "", status: 0 });
    const { stdout } = await place.cli(["get", "from/python"]);
    expect(stdout).toBe("snake");
  });

  it("says the code of a refusal", async () => {
    const { stderr, status } = await place.run("python3", [PROGRAM, "get", "not/there"]);
    expect(stderr).toMatch(/^NOT_FOUND: /);
    expect(status).toBe(1);
  });

  it("is at most 70 lines of the standard library", () => {
    const text = readFileSync(PROGRAM, "utf8");
    expect(text.split("\n").length - 1).toBeLessThanOrEqual(70);
    const modules = [...text.matchAll(/^import (\w+)$/gm)].map((match) => match[1]);
    expect(modules).toEqual(["base64", "json", "os", "socket", "sys", "uuid"]);
  });
});

describe("examples/*.ts", () => {
  let place: Throwaway;
  beforeEach(async () => {
    place = new Throwaway();
    await place.cli(["set", "a"], "hunter2");
  });
  afterEach(async () => {
    await place.remove();
  });

  function run(example: string, ...args: readonly string[]): ReturnType<Throwaway["run"]> {
    const path = join(ROOT, "examples", example);
    const options = ["--tsconfig", join(ROOT, "examples/tsconfig.json"), "-C", "strongroom-source"];
    return place.run(join(ROOT, "node_modules/.bin/tsx"), [...options, path, ...args]);
  }

  it("compile", async () => {
    const project = join(ROOT, "examples/tsconfig.json");
    const { stdout, status } = await place.run(join(ROOT, "node_modules/.bin/tsc"), [
      "-p",
      project,
    ]);
    expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
  });

  it("read what the command line stored", async () => {
    expect(await run("read.ts", "a")).toEqual({ stdout: "hunter2", stderr: "", status: 0 });
  });

  it("rotate a key", async () => {
    const { stdout, status } = await run("rotate.ts", "a");
    expect({ stdout, status }).toEqual({ stdout: "a is at version 2\n", status: 0 });
    expect((await place.cli(["get", "a"])).stdout).toMatch(/^[\w-]{43}$/);
  });
});

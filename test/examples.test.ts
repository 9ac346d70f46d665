import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { vaultIdentity } from "@strongroom/client/protocol";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { copyFolder } from "./support/copy-folder.ts";
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

  it("takes no other vault's daemon for its own", async () => {
    const [original, copy] = [place.record()?.endpoint ?? "", new Throwaway()];
    onTestFinished(() => copy.remove());
    copyFolder(join(place.home, "vault"), join(copy.home, "vault"));
    const outcome = async (args: readonly string[], input = ""): Promise<unknown> => {
      const { status, stdout, stderr } = await copy.run("python3", [PROGRAM, ...args], input);
      return [status, stdout, stderr.trim()];
    };
    const refused = [1, "", `${original} is the socket of another vault`];
    expect(await outcome(["get", "from/cli"])).toEqual(refused);
    expect(await outcome(["set", "from/copy"], "1")).toEqual(refused);
    // Under the name that its own would have, too.
    const folder = join(copy.home, "elsewhere");
    mkdirSync(folder, { mode: 0o700 });
    const own = `${vaultIdentity(realpathSync(join(copy.home, "vault")))}.sock`;
    symlinkSync(original, join(folder, own));
    const record = { ...place.record(), endpoint: join(folder, own) };
    writeFileSync(join(copy.home, "vault/daemon.pid"), `${JSON.stringify(record)}\n`);
    const id = `{"format":1,"id":"${"0".repeat(32)}"}\n`;
    writeFileSync(join(copy.home, "vault/vault.json"), id);
    expect(await outcome(["set", "from/copy"], "1")).toEqual([
      1,
      "",
      `${join(folder, own)} serves another vault`,
    ]);
    rmSync(join(copy.home, "vault/daemon.pid"));
    expect((await place.cli(["list"])).stdout).not.toContain("from/copy");
  });

  it("says so of a record that is none, and waits for nobody who would write one", async () => {
    const path = join(place.home, "vault/daemon.pid");
    const record = readFileSync(path, "utf8");
    const outcome = async (): Promise<unknown> => {
      const { status, stderr } = await place.run("python3", [PROGRAM, "get", "from/cli"]);
      return [status, stderr];
    };
    const none = [1, "no daemon says where it is\n"];
    for (const text of [
      "",
      record.trimEnd(),
      record.replace(/"endpoint":"[^"]*"/, '"endpoint":"x"'),
    ]) {
      writeFileSync(path, text);
      expect([text, await outcome()]).toEqual([text, none]);
    }
    rmSync(path);
    expect(spawnSync("mkfifo", [path]).status).toBe(0);
    const met = await outcome();
    rmSync(path);
    writeFileSync(path, record);
    expect(met).toEqual(none);
  });

  it("is at most 75 lines of the standard library", () => {
    const text = readFileSync(PROGRAM, "utf8");
    expect(text.split("\n").length - 1).toBeLessThanOrEqual(75);
    const modules = [...text.matchAll(/^import (\w+)$/gm)].map((match) => match[1]);
    expect(modules).toEqual(["base64", "hashlib", "json", "os", "socket", "sys", "uuid"]);
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

import { spawn } from "node:child_process";
import { mkdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAlive } from "../support/alive.ts";
import { BINARY, WHY_NO_BINARY } from "../support/binary.ts";
import { expectEnd } from "../support/ending.ts";
import { discard, finish, recordedPid, temporaryHome, until } from "../support/processes.ts";
import type { Ended } from "../support/processes.ts";

const STARTERS = 20;

let home: string;
beforeEach(() => {
  home = temporaryHome();
});
afterEach(() => discard(home));

describe.skipIf(WHY_NO_BINARY !== "")(`the single file${WHY_NO_BINARY}`, () => {
  it("stores and finds a secret where no Node is, and is its own daemon", async () => {
    expect(await strongroom(["set", "a/b", "--json"], "the value\n")).toMatchObject({ status: 0 });
    expect(await strongroom(["get", "a/b"])).toMatchObject({ status: 0, stdout: "the value" });
    expect(await strongroom(["list"])).toMatchObject({ status: 0, stdout: "a/b\n" });
    const owner = recordedPid(home) ?? 0;
    expect(readlinkSync(`/proc/${owner}/exe`)).toBe(BINARY);
    expect(await strongroom(["get", "none"])).toMatchObject({ status: 6, stdout: "" });
    const { stdout } = await strongroom(["doctor"]);
    expect(stdout).toMatch(/^ok +lock +flock$/mu);
  });

  it("is the helpers and the daemon under their names", async () => {
    for (const name of NAMES) symlinkSync(BINARY, join(home, name));
    const [git = "", docker = "", daemon = ""] = NAMES.map((name) => join(home, name));
    const stored = "protocol=https\nhost=git.example\nusername=me\npassword=p w\n";
    const asked = "protocol=https\nhost=git.example\n";
    expect(await strongroom(["init"])).toMatchObject({ status: 0 });
    expect(await run(git, ["store"], stored)).toMatchObject({ status: 0, stderr: "" });
    const answer = "username=me\npassword=p w\n";
    expect(await run(git, ["get"], asked)).toMatchObject({ status: 0, stdout: answer });
    const login = '{"ServerURL":"r.example","Username":"u","Secret":"s"}';
    expect(await run(docker, ["store"], `${login}\n`)).toMatchObject({ status: 0 });
    expect(await run(docker, ["get"], "r.example")).toMatchObject({ stdout: `${login}\n` });
    expect(await run(daemon, [])).toMatchObject({ status: 0, stderr: RUNS });
    expect(await strongroom(["strongroomd"])).toMatchObject({ status: 0, stderr: RUNS });
  });

  it(`has one owner of ${STARTERS} that start at once, and another after it was killed`, async () => {
    const starters = Array.from({ length: STARTERS }, () =>
      spawn(BINARY, ["strongroomd", "--create"], { env: environment(), stdio: "pipe" }),
    );
    const ends = starters.map((starter) => finish(starter));
    const ended = new Set<number | undefined>();
    for (const [at, end] of ends.entries()) void end.then(() => ended.add(starters[at]?.pid));
    await until("the end of all but one", () => ended.size === STARTERS - 1);
    const owner = starters.find(({ pid }) => !ended.has(pid));
    await until("its record", () => recordedPid(home) === owner?.pid);
    owner?.kill("SIGKILL");
    const said = await Promise.all(ends);
    expect(said.filter(({ status }) => status === 0)).toHaveLength(STARTERS - 1);
    expect(await strongroom(["set", "after"], "v")).toMatchObject({ status: 0 });
    expect(recordedPid(home)).not.toBe(owner?.pid);
  });

  it("is gone when it is locked, and another one says so", async () => {
    await strongroom(["init"]);
    const knew = recordedPid(home) ?? 0;
    expect((await strongroom(["lock"])).status).toBe(0);
    expect(isAlive(knew)).toBe(false);
    expect((await strongroom(["status", "--quiet"])).status).toBe(7);
  });

  it("loads nothing of the folder where it is started, nor by a variable of its runtime", async () => {
    const evil = join(home, "evil.cjs");
    const script = 'require("node:fs").writeSync(1, "EVIL"); exports.load = () => {};';
    writeFileSync(evil, script);
    writeFileSync(join(home, "bunfig.toml"), 'preload = ["./evil.cjs"]\n');
    writeFileSync(join(home, ".env"), "STRONGROOM_HOME=/nonexistent\nSTRONGROOM_AUTOSTART=0\n");
    writeFileSync(join(home, "tsconfig.json"), "{");
    for (const name of ["koffi", "env-paths", "@napi-rs/keyring"]) {
      mkdirSync(join(home, "node_modules", name), { recursive: true });
      writeFileSync(join(home, "node_modules", name, "index.js"), script);
    }
    const variables = {
      BUN_BE_BUN: "1",
      BUN_CONFIG_VERBOSE_FETCH: "curl",
      BUN_INSPECT: "ws://127.0.0.1:0/x?wait=1",
      BUN_INSPECT_PRELOAD: evil,
      BUN_JSC_dumpOptions: "1",
      BUN_OPTIONS: `--preload=${evil}`,
      NODE_OPTIONS: `--require=${evil}`,
      NODE_PATH: join(home, "node_modules"),
    };
    expect(await strongroom(["set", "a"], "v", variables)).toMatchObject({ status: 0, stdout: "" });
    expect(await strongroom(["get", "a"], "", variables)).toMatchObject({ stdout: "v" });
    expect(await strongroom(["--version"], "", variables)).toMatchObject({
      stdout: expect.stringMatching(/^strongroom \d/u),
    });
    const pid = recordedPid(home) ?? 0;
    expectEnd(pid);
    process.kill(pid, "SIGKILL");
    const words = ["strongroomd", "verify"];
    expect((await strongroom(words, "", variables)).stdout).not.toContain("EVIL");
  });

  it("says with 18 what it cannot do", async () => {
    expect(await strongroom(["init"])).toMatchObject({ status: 0 });
    const keychain = await strongroom(["import", "--from", "keychain", "service"]);
    expect(keychain).toMatchObject({ status: 18, stderr: expect.stringContaining("UNSUPPORTED") });
  });
});

const NAMES = ["git-credential-strongroom", "docker-credential-strongroom", "strongroomd"];
const RUNS = "strongroomd: already running\n";

/** Where neither Node nor anything else is found. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: "/nonexistent", HOME: home, STRONGROOM_HOME: home, ...more };
}

function run(program: string, args: readonly string[], input = ""): Promise<Ended> {
  return finish(spawn(program, args, { cwd: home, env: environment(), stdio: "pipe" }), input);
}

function strongroom(
  args: readonly string[],
  input = "",
  more: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const child = spawn(BINARY, args, { cwd: home, env: environment(more), stdio: "pipe" });
  return finish(child, input);
}

import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveHome } from "@strongroom/client/protocol";
import { Daemon } from "@strongroom/daemon/src/daemon.ts";
import type { Times } from "@strongroom/daemon/src/times.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, get, recordOf, set, until } from "../support/daemons.ts";
import { RawClient } from "../support/raw-client.ts";

let root = "";
let said: string[] = [];
const home = (): string => join(root, "home");

async function start(times: Partial<Times> = {}, auto = true): Promise<Daemon> {
  const daemon = await Daemon.start({
    home: resolveHome({ STRONGROOM_HOME: home() }),
    env: {},
    mayCreate: true,
    auto,
    idleMs: undefined,
    logLevel: "info",
    say: (line) => said.push(line),
    times,
  });
  if (daemon === "already-running") throw new Error(daemon);
  return daemon;
}

async function stop(daemon: Daemon): Promise<void> {
  daemon.stop("the test is over");
  await daemon.ended;
}

const stateIs = (state: string) => async (): Promise<boolean> =>
  (await ask(home(), "vault/status")).result?.["state"] === state;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "daemon-"));
  said = [];
  process.umask(0o077);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("Daemon", () => {
  it("says that it made a vault, and where", async () => {
    const daemon = await start();
    await until(stateIs("open"));
    expect(said).toStrictEqual([`made a new vault in ${join(home(), "vault")}`]);
    await stop(daemon);
  });

  it("answers hello while it opens", async () => {
    const daemon = await start();
    const { result } = await ask(home(), "vault/status");
    expect(result?.["state"]).toBe("opening");
    expect(await get(home(), "nothing")).toBe("NOT_FOUND");
    await stop(daemon);
  });

  it("names in its record the epoch that a compaction began", async () => {
    const daemon = await start({ watchMs: 20 });
    await until(stateIs("open"));
    const { result } = await ask(home(), "vault/compact");
    expect(result?.["epoch"]).toBe("0000000000000002");
    await until(() => recordOf(home())?.epoch === "0000000000000002");
    await stop(daemon);
  });

  it("can be stopped while it opens", async () => {
    const daemon = await start();
    await stop(daemon);
    const again = await start();
    await until(stateIs("open"));
    await stop(again);
  });

  it("leaves by itself, some time after its last client, when the vault cannot be opened", async () => {
    const first = await start();
    await until(stateIs("open"));
    await stop(first);
    writeFileSync(join(home(), "vault/vault.json"), "damaged");
    const daemon = await start({ failedMs: 150 });
    const client = await RawClient.greeted(recordOf(home())?.endpoint ?? "");
    let ended = false;
    void daemon.ended.then(() => (ended = true));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(ended).toBe(false);
    const { error } = await client.call("secret/get", { name: "a" });
    expect(error?.data.code).toBe("CORRUPT");
    client.destroy();
    expect((await daemon.ended).status).toBe(0);
    expect(said.at(-1)).toContain("nobody was connected");
  });

  it("ends although a step of its stop hangs", async () => {
    const daemon = await start({ stopMs: 20, graceMs: 60_000 });
    await until(stateIs("open"));
    const hanging = ask(home(), "vault/compact").catch(() => undefined);
    await stop(daemon);
    await hanging;
  });

  it("goes on without a record when that cannot be written, and publishes it later", async () => {
    mkdirSync(join(home(), "vault/daemon.pid/full"), { recursive: true, mode: 0o700 });
    const daemon = await start({ watchMs: 20 });
    await until(stateIs("open"));
    expect(readdirSync(join(home(), "vault")).some((name) => name.endsWith(".aside"))).toBe(true);
    await stop(daemon);
  });

  it("says once what storage warns of", async () => {
    const first = await start();
    await until(stateIs("open"));
    await stop(first);
    said = [];
    const vault = join(home(), "vault");
    mkdirSync(join(vault, "claim.0000000000000000/in"), { recursive: true });
    const daemon = await start();
    await until(stateIs("open"));
    const warning = `older files in ${vault} could not be removed (`;
    expect(said).toEqual([expect.stringContaining(warning)]);
    await ask(home(), "vault/compact");
    expect(said).toEqual([expect.stringContaining(warning)]);
    rmSync(join(vault, "claim.0000000000000000"), { recursive: true });
    await stop(daemon);
  });

  it("writes no value and no name into its log", async () => {
    const daemon = await start();
    await set(home(), "canary-name", "canary-value");
    await stop(daemon);
    expect(readFileSync(join(home(), "log/strongroomd.log"), "utf8")).not.toMatch(/canary/u);
  });
});

const canMount =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  spawnSync("unshare", ["-m", "true"]).status === 0;

describe.runIf(canMount)("on a disk of its own", () => {
  const mounted: string[] = [];
  const mount = (megabytes: number): void => {
    expect(
      spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "none", root]).status,
    ).toBe(0);
    mounted.push(root);
  };
  afterEach(() => {
    for (const path of mounted.splice(0)) spawnSync("umount", ["-l", path]);
  });

  /** A home with one secret on a disk that is full. */
  async function fullHome(): Promise<void> {
    mount(40);
    const first = await start();
    await set(home(), "a", "1");
    await stop(first);
    const { bavail, bsize } = statfsSync(root);
    writeFileSync(join(root, "ballast"), Buffer.alloc(bavail * bsize - 65_536, 1));
  }

  it("serves read-only while the disk is full, and writes again when there is room", async () => {
    await fullHome();
    const daemon = await start({ retryMs: 30, watchMs: 30 });
    await until(stateIs("read-only"));
    expect(await get(home(), "a")).toBe("1");
    await expect(set(home(), "b", "2")).rejects.toThrow(/read-only/u);
    rmSync(join(root, "ballast"));
    await until(stateIs("open"));
    await set(home(), "b", "2");
    expect(await get(home(), "a")).toBe("1");
    await until(() => typeof recordOf(home())?.epoch === "string");
    const status = await ask(home(), "vault/status", { detail: true });
    const epoch = recordOf(home())?.epoch;
    expect(status.result?.["detail"]).toMatchObject({ epoch });
    const told = async (): Promise<unknown> => {
      const { result } = await ask(home(), "audit/list");
      return result?.["entries"];
    };
    const lost = expect.objectContaining({ operation: "audit/lost", actor: "strongroom" });
    await expect.poll(told, { timeout: 10_000 }).toContainEqual(lost);
    await stop(daemon);
  });

  it("says why and leaves when what was read-only cannot be opened again", async () => {
    await fullHome();
    const daemon = await start({ retryMs: 30, watchMs: 30, failedMs: 30 });
    await until(stateIs("read-only"));
    const vault = join(home(), "vault");
    const [snapshot = ""] = readdirSync(vault).filter((name) => name.startsWith("snapshot."));
    writeFileSync(join(vault, snapshot), "damage");
    rmSync(join(root, "ballast"));
    expect(await daemon.ended).toMatchObject({ status: 0 });
    expect(said.join("\n")).toContain(`${snapshot}: it is cut short`);
  });

  it("serves read-only what lies on a read-only file system, under the lock", async () => {
    mount(40);
    const first = await start();
    await set(home(), "a", "1");
    await stop(first);
    spawnSync("mount", ["-o", "remount,ro", root]);
    const daemon = await start({ retryMs: 30, watchMs: 30 });
    const endpoint = join(tmpdir(), `strongroom-${process.getuid?.()}`);
    const [name = ""] = readdirSync(endpoint).filter((each) => each.endsWith(".sock"));
    expect(name).not.toBe("");
    expect(
      await Daemon.start({
        home: resolveHome({ STRONGROOM_HOME: home() }),
        env: {},
        mayCreate: false,
        auto: true,
        idleMs: undefined,
        logLevel: "info",
        say: () => undefined,
      }),
    ).toBe("already-running");
    spawnSync("mount", ["-o", "remount,rw", root]);
    await until(stateIs("open"));
    expect(await get(home(), "a")).toBe("1");
    await stop(daemon);
  });
});

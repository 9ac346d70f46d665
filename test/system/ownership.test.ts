import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { formatRecord } from "@strongroom/client/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { ask, Daemons, get, recordOf, set, until } from "../support/daemons.ts";

const rounds = process.env["STRONGROOM_LONG"] === "1" ? 20 : 2;
const daemons = new Daemons();
afterEach(() => daemons.clear());

describe.skipIf(process.platform === "win32")("one daemon a vault", () => {
  it("is what twenty starts at once leave, and the others say so and end well", async () => {
    for (let round = 0; round < rounds; round += 1) {
      const home = join(daemons.folder(), "home");
      const herd = Array.from({ length: 20 }, () => daemons.start(home));
      const exits: { readonly status: number | null; readonly said: string }[] = [];
      for (const { exited } of herd) void exited.then((exit) => exits.push(exit));
      await until(() => exits.length >= 19);
      expect(exits).toHaveLength(19);
      for (const { status, said } of exits) {
        expect({ status, said }).toStrictEqual({
          status: 0,
          said: "strongroomd: already running\n",
        });
      }
      await until(() => recordOf(home)?.epoch === "0000000000000001");
      const { result } = await ask(home, "vault/status");
      expect(herd.map(({ pid }) => pid)).toContain(result?.["pid"]);
      await daemons.clear();
    }
  }, 120_000);

  it("is the same for two spellings and for a linked parent", async () => {
    const root = daemons.folder();
    mkdirSync(join(root, "real"));
    symlinkSync(join(root, "real"), join(root, "link"));
    await daemons.started(join(root, "real/home"));
    for (const spelling of ["link/home", "real/../real/home", "link//home/"]) {
      const { status, said } = await daemons.start(`${root}/${spelling}`).exited;
      expect(status).toBe(0);
      expect(said).toContain("already running");
    }
    await set(join(root, "real/home"), "a", "1");
    expect(await get(join(root, "link/home"), "a")).toBe("1");
  });

  it("stays the owner while it is stopped by SIGSTOP", async () => {
    const home = join(daemons.folder(), "home");
    const owner = await daemons.started(home);
    owner.child.kill("SIGSTOP");
    const { status, said } = await daemons.start(home).exited;
    expect({ status, said }).toStrictEqual({ status: 0, said: "strongroomd: already running\n" });
    owner.child.kill("SIGCONT");
    await set(home, "a", "1");
  });

  it("is succeeded at once after kill -9, and nothing acknowledged is lost", async () => {
    const home = join(daemons.folder(), "home");
    for (let round = 0; round < 8; round += 1) {
      const owner = await daemons.started(home);
      for (let earlier = 0; earlier < round; earlier += 1) {
        expect(await get(home, `n${earlier}`)).toBe(String(earlier));
      }
      await set(home, `n${round}`, String(round));
      owner.child.kill("SIGKILL");
    }
    const successor = await daemons.started(home);
    const { result } = await ask(home, "vault/status", { detail: true });
    expect(result?.["detail"]).toMatchObject({
      lastExit: expect.stringMatching(/ended without a word/u) as unknown,
    });
    successor.child.kill("SIGTERM");
    expect((await successor.exited).status).toBe(0);
  }, 60_000);
});

describe.skipIf(process.platform === "win32")("what stands where the record should", () => {
  const stranger = spawn("sleep", ["600"], { stdio: "ignore" });
  afterEach(() => {
    stranger.unref();
  });
  const leftovers: readonly (readonly [string, (path: string) => void])[] = [
    [
      "the record of a stranger that lives",
      (path) =>
        writeFileSync(
          path,
          formatRecord({
            pid: stranger.pid ?? 1,
            startTime: null,
            bootId: null,
            namespace: null,
            socket: null,
            folder: null,
            version: "0",
            protocol: 1,
            endpoint: "/nowhere.sock",
            epoch: null,
          }),
        ),
    ],
    ["an empty file", (path) => writeFileSync(path, "")],
    ["garbage", (path) => writeFileSync(path, "\0\u{1F600}{")],
    ["a folder", (path) => mkdirSync(join(path, "full"), { recursive: true })],
    ["a link", (path) => symlinkSync("../../target", path)],
  ];
  it.each(leftovers)("keeps no daemon from starting: %s", async (_, leave) => {
    const root = daemons.folder();
    const home = join(root, "home");
    mkdirSync(join(home, "vault"), { recursive: true, mode: 0o700 });
    writeFileSync(join(root, "target"), "untouched");
    leave(join(home, "vault/daemon.pid"));
    await daemons.started(home);
    await set(home, "a", "1");
    expect(readFileSync(join(root, "target"), "utf8")).toBe("untouched");
    expect(stranger.exitCode).toBeNull();
  });
});

describe.skipIf(process.platform === "win32")("a home that is not as it should be", () => {
  const wrong: readonly (readonly [string, string, (path: string) => void])[] = [
    ["a linked vault folder", "vault", (path) => symlinkSync("../elsewhere", path)],
    ["a FIFO for the vault folder", "vault", (path) => spawnSync("mkfifo", [path])],
    ["a linked key file", "config/keyfile", (path) => symlinkSync("../../elsewhere/x", path)],
    ["a FIFO for the key file", "config/keyfile", (path) => spawnSync("mkfifo", [path])],
    ["a linked vault.json", "vault/vault.json", (path) => symlinkSync("../../elsewhere/x", path)],
    ["a FIFO for vault.json", "vault/vault.json", (path) => spawnSync("mkfifo", [path])],
  ];
  it.each(wrong)("is refused, and nothing is written: %s", async (_, name, make) => {
    const root = daemons.folder();
    const home = join(root, "home");
    for (const folder of ["home/config", "home/vault", "elsewhere"]) {
      mkdirSync(join(root, folder), { recursive: true, mode: 0o700 });
    }
    rmSync(join(home, name), { recursive: true, force: true });
    make(join(home, name));
    const before = readdirSync(root, { encoding: "utf8", recursive: true }).toSorted();
    const { status, said } = await daemons.start(home).exited;
    expect(status).toBe(4);
    expect(said).toContain(join(home, name));
    expect(readdirSync(root, { encoding: "utf8", recursive: true }).toSorted()).toStrictEqual(
      before,
    );
  });
});

describe.skipIf(process.platform === "win32")("a daemon whose surroundings change", () => {
  it("can be reached again when the runtime folder was emptied", async () => {
    const home = join(daemons.folder(), "home");
    const runtime = daemons.folder();
    const env = { XDG_RUNTIME_DIR: runtime };
    await daemons.started(home, { env });
    await set(home, "a", "1");
    const began = performance.now();
    rmSync(join(runtime, "strongroom"), { recursive: true });
    await until(async () => (await get(home, "a")) === "1");
    console.log(`reachable again after ${Math.round(performance.now() - began)} ms`);
    expect(performance.now() - began).toBeLessThan(10_000);
    rmSync(runtime, { recursive: true });
    await until(async () => (await get(home, "a")) === "1");
    expect(recordOf(home)?.endpoint).toContain(join(home, "run"));
  }, 40_000);

  it("publishes its record and socket anew on SIGHUP", async () => {
    const home = join(daemons.folder(), "home");
    const daemon = await daemons.started(home);
    unlinkSync(join(home, "vault/daemon.pid"));
    daemon.child.kill("SIGHUP");
    await until(() => recordOf(home)?.epoch === "0000000000000001");
    const endpoint = recordOf(home)?.endpoint ?? "";
    unlinkSync(endpoint);
    daemon.child.kill("SIGHUP");
    await until(() => existsSync(endpoint));
    await set(home, "a", "1");
  });

  it("ends when its lock file was deleted, and the next one has every secret", async () => {
    const home = join(daemons.folder(), "home");
    const daemon = await daemons.started(home);
    await set(home, "a", "1");
    unlinkSync(join(home, "vault/.lock"));
    daemon.child.kill("SIGHUP");
    const { status, said } = await daemon.exited;
    expect(status).toBe(75);
    expect(said).toContain("lock file");
    await daemons.started(home);
    expect(await get(home, "a")).toBe("1");
  });

  it("acknowledges nothing once a second daemon got in because the lock file was deleted", async () => {
    const home = join(daemons.folder(), "home");
    const first = await daemons.started(home);
    await set(home, "a", "1");
    const endpoint = recordOf(home)?.endpoint ?? "";
    unlinkSync(join(home, "vault/.lock"));
    renameSync(endpoint, `${endpoint}.first`);
    await daemons.started(home);
    await set(home, "a", "2");
    first.child.kill("SIGHUP");
    expect([74, 75]).toContain((await first.exited).status);
    expect(await get(home, "a")).toBe("2");
    expect(recordOf(home)?.epoch).toBe("0000000000000002");
  });

  it("ends when its home was deleted, and makes no new one", async () => {
    const home = join(daemons.folder(), "home");
    const daemon = await daemons.started(home);
    rmSync(home, { recursive: true });
    daemon.child.kill("SIGHUP");
    expect((await daemon.exited).status).toBe(75);
    expect(existsSync(join(home, "vault"))).toBe(false);
  });

  it("ends with status 74 when its journal was taken away, and believes nothing", async () => {
    const home = join(daemons.folder(), "home");
    const daemon = await daemons.started(home);
    await set(home, "a", "1");
    const journal = join(home, "vault/journal.0000000000000001");
    renameSync(journal, `${journal}.away`);
    await expect(set(home, "a", "2")).rejects.toThrow();
    expect((await daemon.exited).status).toBe(74);
  });
});

describe.skipIf(process.platform === "win32")("two homes with one runtime folder", () => {
  it("never meet", async () => {
    const root = daemons.folder();
    const env = { XDG_RUNTIME_DIR: daemons.folder() };
    const homes = ["one", "two"].map((name) => join(root, name));
    await Promise.all(homes.map((home) => daemons.started(home, { env })));
    await Promise.all(homes.map((home) => set(home, "whose", home)));
    expect(await Promise.all(homes.map((home) => get(home, "whose")))).toStrictEqual(homes);
    const [one = "", two = ""] = homes;
    rmSync(join(one, "run"), { recursive: true, force: true });
    await ask(one, "daemon/stop");
    await until(() => recordOf(one) === undefined);
    expect(await get(two, "whose")).toBe(two);
  });
});

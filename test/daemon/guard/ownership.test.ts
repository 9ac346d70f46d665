import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { bootId, formatRecord, readRecord, resolveHome } from "@strongroom/client/protocol";
import type { Home } from "@strongroom/client/protocol";
import { Ownership } from "@strongroom/daemon/src/guard/ownership.ts";
import { pidNamespace, startTimeOf } from "@strongroom/daemon/src/guard/process-identity.ts";
import { lockVault } from "@strongroom/daemon/src/guard/start.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openFiles } from "../../support/open-files.ts";

let root = "";
let home: Home;
let owned: Ownership[] = [];
const held = (expected: number): number => openFiles(root, expected);
const refusal = (code: string): Error => Object.assign(new Error(code), { code });

async function take(run = home.run): Promise<Ownership> {
  const locked = await lockVault(home, true);
  if (locked === "already-running") throw new Error(locked);
  const ownership = new Ownership({ home: { ...home, run }, env: {}, locked, attach: () => {} });
  owned.push(ownership);
  return ownership;
}

/** All that a stop does. */
async function leave(ownership: Ownership): Promise<void> {
  owned = owned.filter((each) => each !== ownership);
  await ownership.endpoint.close();
  await ownership.release();
}

beforeEach(() => {
  process.umask(0o077);
  root = mkdtempSync(join(tmpdir(), "own-"));
  home = resolveHome({ STRONGROOM_HOME: join(root, "h") });
});
afterEach(async () => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  for (const ownership of owned) await leave(ownership);
  rmSync(root, { recursive: true });
});

describe.skipIf(process.platform === "win32")("being the daemon of a vault", () => {
  it("is a lock, a socket and a record that names it, until all are given up", async () => {
    const ownership = await take();
    writeFileSync(join(home.run, "spawn.another-boot.1"), "");
    await ownership.publish(() => expect.unreachable());
    ownership.assertHeld();
    expect(ownership.isRecorded(null)).toBe(true);
    const { path } = ownership.endpoint;
    const { identity } = ownership;
    expect(readdirSync(home.run).toSorted()).toEqual([`${identity}.key.sock`, `${identity}.sock`]);
    expect(readRecord(ownership.pidfile.path)).toMatchObject({
      pid: process.pid,
      startTime: expect.any(String),
      endpoint: path,
      epoch: null,
    });
    expect(await lockVault(home, true)).toBe("already-running");
    await leave(ownership);
    expect(existsSync(ownership.pidfile.path)).toBe(false);
    expect(held(0)).toBe(0);
    expect((await take()).leftover).toBeUndefined();
  });

  it("is told with the epoch, once there is one, and from then on", async () => {
    const ownership = await take();
    await ownership.publish(() => expect.unreachable());
    const epoch = "0000000000000007";
    expect(ownership.isRecorded(epoch)).toBe(false);
    await ownership.publishRecord(epoch);
    expect(ownership.isRecorded(epoch)).toBe(true);
    expect(ownership.isRecorded(null)).toBe(false);
    unlinkSync(ownership.pidfile.path);
    expect(ownership.isRecorded(epoch)).toBe(false);
    await ownership.publishRecord();
    expect(ownership.isRecorded(epoch)).toBe(true);
    expect(readRecord(ownership.pidfile.path)?.epoch).toBe(epoch);
  });

  it("knows the record that the last daemon left, and goes on without one of its own", async () => {
    mkdirSync(home.vault, { recursive: true, mode: 0o700 });
    const left = {
      pid: 4_194_311,
      startTime: "1",
      bootId: "b",
      namespace: null,
      socket: null,
      folder: null,
    };
    const served = { version: "0", protocol: 1, endpoint: "/nowhere", epoch: null };
    const record = { ...left, ...served };
    writeFileSync(join(home.vault, "daemon.pid"), formatRecord(record), { mode: 0o600 });
    const ownership = await take();
    expect(ownership.leftover).toEqual(record);
    vi.spyOn(files, "link").mockRejectedValue(refusal("EIO"));
    syncBuiltinESMExports();
    const told: unknown[] = [];
    await ownership.publish((error) => told.push(error));
    expect(told).toMatchObject([{ code: "EIO" }]);
    ownership.assertHeld();
    expect(existsSync(ownership.endpoint.path)).toBe(true);
  });

  it("ends at once where there is no place for a socket", async () => {
    const ownership = await take(join(root, "x".repeat(200)));
    vi.spyOn(files, "rename").mockRejectedValue(refusal("EIO"));
    syncBuiltinESMExports();
    owned = [];
    const told = await ownership
      .publish(() => expect.unreachable())
      // Whoever hears of it may take the vault at once.
      .catch((error: unknown) => ({ error, held: held(0) }));
    expect(told).toMatchObject({ error: { code: "UNAVAILABLE" }, held: 0 });
    expect(existsSync(ownership.pidfile.path)).toBe(false);
    await take();
  });

  it.each([
    ["its folder was moved away", () => renameSync(home.vault, `${home.vault}.old`)],
    ["its lock file was removed", () => unlinkSync(join(home.vault, ".lock"))],
  ])("is over when %s, and not before", async (_, happens) => {
    const ownership = await take();
    ownership.assertHeld();
    happens();
    expect(() => ownership.assertHeld()).toThrow(
      expect.objectContaining({
        code: "CLOSING",
        message: expect.stringContaining(ownership.vault),
      }),
    );
  });

  it("is over when its folder was replaced, though the lock file is in the new one", async () => {
    const ownership = await take();
    const moved = `${home.vault}.old`;
    renameSync(home.vault, moved);
    mkdirSync(home.vault);
    linkSync(join(moved, ".lock"), join(home.vault, ".lock"));
    expect(() => ownership.assertHeld()).toThrow(
      expect.objectContaining({
        code: "CLOSING",
        message: `the daemon ends: the folder ${ownership.vault} was removed or replaced`,
      }),
    );
  });

  it("is given up when somebody without the kernel's lock was quicker, who may come until its record is there", async () => {
    const ownership = await take();
    const head = join(home.vault, ".lock.000000000001");
    const parent = { pid: process.ppid, startTime: startTimeOf(process.ppid) ?? null };
    const here = { bootId: bootId(), namespace: pidNamespace(), host: hostname() };
    const { link } = files;
    // The very last moment at which they see no record.
    vi.spyOn(files, "link").mockImplementation(async (from, to) => {
      if (to === ownership.pidfile.path)
        writeFileSync(head, JSON.stringify({ ...parent, ...here }));
      await link(from, to);
    });
    syncBuiltinESMExports();
    owned = [];
    const told = await ownership
      .publish(() => expect.unreachable())
      .catch((error: unknown) => ({ error, held: held(0) }));
    expect(told).toMatchObject({ error: { code: "CLOSING" }, held: 0 });
    expect(existsSync(ownership.pidfile.path)).toBe(false);
    expect(readdirSync(home.vault)).not.toContain(".lock.000000000002");
    await ownership.endpoint.close();
    rmSync(head);
    await take();
  });

  it("ends although its record cannot be removed", async () => {
    const ownership = await take();
    await ownership.publish(() => expect.unreachable());
    vi.spyOn(files, "unlink").mockRejectedValue(refusal("EROFS"));
    syncBuiltinESMExports();
    await ownership.release();
    vi.restoreAllMocks();
    syncBuiltinESMExports();
    owned = [];
    await ownership.endpoint.close();
    expect(held(0)).toBe(0);
    expect((await take()).leftover).toMatchObject({ pid: process.pid });
  });
});

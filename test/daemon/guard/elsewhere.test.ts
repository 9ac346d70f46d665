import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { bootId, formatRecord, StrongroomError } from "@strongroom/client/protocol";
import { lookElsewhere } from "@strongroom/daemon/src/guard/elsewhere.ts";
import { folderIdentity, identityOf, inodeAt } from "@strongroom/daemon/src/guard/inode.ts";
import { tryFallback, tryLock } from "@strongroom/daemon/src/guard/lock.ts";
import { pidNamespace, startTimeOf } from "@strongroom/daemon/src/guard/process-identity.ts";
import { hasSqlite } from "@strongroom/daemon/src/guard/sqlite-lock.ts";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";

const ELSEWHERE = "pid:[1]";
let vault: string;
let endpoint: string;

beforeEach(() => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "sr-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  vault = join(folder, "vault");
  endpoint = join(folder, "x.sock");
  mkdirSync(vault);
});

function leave(changes: object = {}): void {
  const where = { pid: 17, startTime: "1", bootId: bootId(), namespace: ELSEWHERE };
  const there = inodeAt(endpoint);
  const socket = there === undefined ? null : identityOf(there);
  const served = { version: "0", protocol: 1, endpoint, socket, folder: null, epoch: null };
  writeFileSync(join(vault, "daemon.pid"), formatRecord({ ...where, ...served, ...changes }));
}

/** A socket, and whether somebody listens at it still. */
async function socketAt(path: string, listens: boolean): Promise<void> {
  const server = createServer().listen(`${path}.new`);
  await once(server, "listening");
  renameSync(`${path}.new`, path);
  if (listens) onTestFinished(() => void server.close());
  else server.close();
}

describe.skipIf(bootId() === null || pidNamespace() === null)("lookElsewhere", () => {
  it("has nothing to say without a record, or of one whose process can be looked for", async () => {
    expect(await lookElsewhere(vault)).toEqual({ kind: "none" });
    for (const changes of [{ namespace: pidNamespace() }, { bootId: "b" }]) {
      leave(changes);
      expect(await lookElsewhere(vault)).toEqual({ kind: "none" });
    }
  });

  it("has nothing to say to a copy of the vault of the one that it is about", async () => {
    const parent = { pid: process.ppid, startTime: startTimeOf(process.ppid) ?? null };
    const here = { ...parent, namespace: pidNamespace() };
    leave({ ...here, folder: folderIdentity(vault) });
    expect(await lookElsewhere(vault)).toEqual({ kind: "alive" });
    leave({ ...here, folder: "7:4711" });
    expect(await lookElsewhere(vault)).toEqual({ kind: "none" });
    // Mounted once more it is the same folder with another device.
    await socketAt(endpoint, true);
    leave({ folder: "7:4711" });
    expect(await lookElsewhere(vault)).toEqual({ kind: "alive" });
  });

  it("takes one of another boot for alive only by its very socket, and for nobody otherwise", async () => {
    // A container may be told of a boot of its own; and after a boot of the machine all are dead.
    for (const namespace of [ELSEWHERE, pidNamespace(), null]) {
      const changes = { bootId: "b", namespace, folder: folderIdentity(vault) };
      await socketAt(endpoint, true);
      leave(changes);
      expect(await lookElsewhere(vault)).toEqual({ kind: "alive" });
      leave({ ...changes, socket: "7:4711" });
      expect(await lookElsewhere(vault)).toEqual({ kind: "none" });
      leave({ ...changes, socket: null });
      expect(await lookElsewhere(vault)).toEqual({ kind: "none" });
      await socketAt(endpoint, false);
      leave(changes);
      expect(await lookElsewhere(vault)).toEqual({ kind: "none" });
      rmSync(endpoint);
      expect(await lookElsewhere(vault)).toEqual({ kind: "none" });
    }
    await socketAt(endpoint, true);
    leave({ bootId: "b" });
    const owner = { pid: 17, startTime: "1", bootId: "b", namespace: ELSEWHERE, host: hostname() };
    writeFileSync(join(vault, ".lock.000000000001"), JSON.stringify(owner));
    expect(await tryFallback(vault)).toBe("held");
    expect(await tryLock(vault)).toBe("held");
  });

  it("asks the socket of one that does not know its boot or its numbering", async () => {
    for (const changes of [{ namespace: null }, { bootId: null }]) {
      await socketAt(endpoint, true);
      leave(changes);
      expect(await lookElsewhere(vault)).toEqual({ kind: "alive" });
      rmSync(endpoint);
      await expect(lookElsewhere(vault)).rejects.toThrow(/process 17 of another container/u);
    }
  });

  it("takes one that listens for alive, and one whose socket nobody has for gone", async () => {
    await socketAt(endpoint, true);
    leave();
    expect(await lookElsewhere(vault)).toEqual({ kind: "alive" });
    await socketAt(endpoint, false);
    leave();
    const owner = { pid: 17, namespace: ELSEWHERE, startTime: "1" };
    expect(await lookElsewhere(vault)).toEqual({ kind: "gone", owner });
  });

  it("takes one that can be looked for and runs for alive, whatever lock it has", async () => {
    const parent = { pid: process.ppid, startTime: startTimeOf(process.ppid) ?? null };
    leave({ ...parent, namespace: pidNamespace() });
    expect(await lookElsewhere(vault)).toEqual({ kind: "alive" });
    expect(await tryFallback(vault)).toBe("held");
  });

  it("judges none by another socket at the path of its own, which is dead", async () => {
    await socketAt(endpoint, false);
    leave();
    await socketAt(endpoint, false);
    await expect(lookElsewhere(vault)).rejects.toThrow(/process 17 of another container/u);
  });

  it("judges none whose socket is not to be seen, and says what goes on from there", async () => {
    leave();
    const refused: unknown = await lookElsewhere(vault).catch((error: unknown) => error);
    if (!(refused instanceof StrongroomError)) throw new Error("it was judged");
    expect([refused.code, refused.message]).toEqual([
      "UNAVAILABLE",
      expect.stringContaining("process 17 of another container"),
    ]);
    expect(refused.hint).toContain(`rm -f ${vault}/daemon.pid ${vault}/.lock.0*`);
  });

  it("is asked by who has the kernel's lock too, where somebody had none", async () => {
    await socketAt(endpoint, true);
    leave();
    // Nobody was here who had another kind of lock.
    const first = await tryLock(vault);
    expect(first).toMatchObject({ kind: "flock" });
    if (first !== "held") first.release();
    writeFileSync(join(vault, ".lock.000000000001"), "{}");
    expect(await tryLock(vault)).toBe("held");
    rmSync(join(vault, "daemon.pid"));
    const second = await tryLock(vault);
    if (second === "held") throw new Error("it is held by nobody");
    const head = readFileSync(join(vault, ".lock.000000000002"), "utf8");
    expect(JSON.parse(head)).toMatchObject({ beside: "kernel", pid: process.pid });
    second.release();
  });

  it("is seen by who has none, or sees them: one who has the kernel's lock looks after its record", async () => {
    const first = await tryLock(vault);
    if (first === "held") throw new Error("nobody else is there");
    expect(await first.isSole?.()).toBe(true);
    const head = join(vault, ".lock.000000000001");
    const parent = { pid: process.ppid, startTime: startTimeOf(process.ppid) ?? null };
    const here = { bootId: bootId(), namespace: pidNamespace(), host: hostname() };
    writeFileSync(head, JSON.stringify({ ...parent, ...here }));
    expect(await first.isSole?.()).toBe(false);
    // They saw our record, and gave it up.
    writeFileSync(join(vault, ".lock.000000000002"), JSON.stringify({ ...here, pid: 0 }));
    expect(await first.isSole?.()).toBe(true);
    expect(readFileSync(join(vault, ".lock.000000000003"), "utf8")).toContain(`${process.pid}`);
    expect(first.isOurs()).toBe(true);
    writeFileSync(join(vault, ".lock.000000000004"), "{}");
    expect(first.isOurs()).toBe(false);
    first.release();
  });

  const kinds = [
    { beside: "kernel", attempt: tryLock, isHad: true },
    { beside: "sqlite", attempt: tryFallback, isHad: hasSqlite() },
  ].filter(({ isHad }) => isHad);
  it.each(kinds)(
    "sees one whose generation the disk did not take, after one with the lock of the $beside",
    async ({ beside, attempt }) => {
      const here = { bootId: bootId(), namespace: pidNamespace(), host: hostname() };
      const parent = { pid: process.ppid, startTime: startTimeOf(process.ppid) ?? null };
      const head = join(vault, ".lock.000000000001");
      writeFileSync(head, JSON.stringify({ ...here, beside, pid: 0, startTime: "1" }));
      leave({ ...parent, namespace: pidNamespace() });
      expect(await attempt(vault)).toBe("held");
      expect(readdirSync(vault)).not.toContain(".lock.000000000002");
      // It has read a record of one that is dead, and has no answer of the socket yet.
      await socketAt(endpoint, false);
      leave();
      const began = attempt(vault);
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      leave({ ...parent, namespace: pidNamespace() });
      expect(await began).toBe("held");
    },
  );

  it.each(kinds)(
    "needs no sight of one that had the lock of the $beside which is ours now, and of no other",
    async ({ beside, attempt }) => {
      const owner = { pid: 17, startTime: "1", bootId: bootId(), namespace: ELSEWHERE, host: "h" };
      const head = join(vault, ".lock.000000000001");
      for (const changes of [{ pid: 18 }, { startTime: "2" }, { namespace: "pid:[2]" }]) {
        writeFileSync(head, JSON.stringify({ ...owner, beside, ...changes }));
        leave();
        await expect(attempt(vault)).rejects.toThrow(/process 17 of another container/u);
      }
      // One like it is in every container without /proc.
      const unknown = { namespace: null, startTime: null };
      writeFileSync(head, JSON.stringify({ ...owner, beside, ...unknown }));
      leave(unknown);
      await expect(attempt(vault)).rejects.toThrow(/process 17 of another container/u);
      writeFileSync(head, JSON.stringify({ ...owner, beside }));
      // The next one was killed between its generation and its record.
      writeFileSync(
        join(vault, ".lock.000000000002"),
        JSON.stringify({ ...owner, beside, pid: 18 }),
      );
      leave();
      const lock = await attempt(vault);
      if (lock === "held") throw new Error("it is held by nobody");
      lock.release();
    },
  );

  it.skipIf(hasSqlite())("is asked again by who took a generation", async () => {
    await socketAt(endpoint, false);
    leave();
    const attempt = tryFallback(vault);
    // It has read the record, and has no answer of the socket yet.
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    const parent = { pid: process.ppid, startTime: startTimeOf(process.ppid) ?? null };
    leave({ ...parent, namespace: pidNamespace() });
    expect(await attempt).toBe("held");
    const given = JSON.parse(readFileSync(join(vault, ".lock.000000000002"), "utf8")) as object;
    expect(given).toMatchObject({ pid: 0 });
  });

  it.skipIf(hasSqlite())(
    "passes the generations of a dead container on, and of no other",
    async () => {
      const owner = { pid: 17, startTime: "1", bootId: bootId(), namespace: ELSEWHERE, host: "h" };
      const head = join(vault, ".lock.000000000001");
      writeFileSync(head, JSON.stringify(owner));
      await socketAt(endpoint, false);
      leave();
      expect(await tryFallback(vault)).toMatchObject({ kind: "generations" });
      rmSync(join(vault, ".lock.000000000002"));
      writeFileSync(head, JSON.stringify({ ...owner, startTime: "2" }));
      await expect(tryFallback(vault)).rejects.toThrow(/process 17 on h/u);
      writeFileSync(head, JSON.stringify({ ...owner, pid: 18 }));
      await expect(tryFallback(vault)).rejects.toThrow(/process 18 on h/u);
      await socketAt(endpoint, true);
      expect(await tryFallback(vault)).toBe("held");
      expect(await tryLock(vault)).toBe("held");
    },
  );
});

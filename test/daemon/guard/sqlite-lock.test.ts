import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import type { HeldLock } from "@strongroom/daemon/src/guard/held-lock.ts";
import { hasSqlite, trySqliteLock } from "@strongroom/daemon/src/guard/sqlite-lock.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openFiles } from "../../support/open-files.ts";

let folder = "";
let locks: HeldLock[] = [];
const path = (): string => join(folder, ".lock.db");

async function take(): Promise<HeldLock> {
  const lock = await trySqliteLock(path());
  if (typeof lock === "string") throw new Error(lock);
  locks.push(lock);
  return lock;
}

beforeEach(() => {
  process.umask(0o077);
  folder = mkdtempSync(join(tmpdir(), "sqlite-lock-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const lock of locks.splice(0)) lock.release();
  rmSync(folder, { recursive: true });
});

it("says whether this Node has it", () => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  expect(hasSqlite()).toBe(major > 22 || (major === 22 && minor >= 13));
});

it.skipIf(hasSqlite())("is left to another lock where Node has no sqlite", async () => {
  expect(await trySqliteLock(path())).toBe("unsupported");
  expect(openFiles(folder, 0)).toBe(0);
});

describe.runIf(hasSqlite())("trySqliteLock", () => {
  it("excludes a second holder, who tries ten times and keeps nothing, until it is released", async () => {
    const lock = await take();
    expect(lock.kind).toBe("sqlite");
    const random = vi.spyOn(Math, "random").mockReturnValue(0);
    expect(await trySqliteLock(path())).toBe("held");
    expect(random).toHaveBeenCalledTimes(10);
    locks = [];
    lock.release();
    expect(openFiles(folder, 0)).toBe(0);
    await take();
  });

  it("notices that its file was removed or replaced", async () => {
    const lock = await take();
    expect(lock.isOurs()).toBe(true);
    unlinkSync(path());
    expect(lock.isOurs()).toBe(false);
    writeFileSync(path(), "");
    expect(lock.isOurs()).toBe(false);
  });

  it("is left to another lock where the file is no database, without waiting", async () => {
    writeFileSync(path(), "x".repeat(4096), { mode: 0o600 });
    const random = vi.spyOn(Math, "random");
    expect(await trySqliteLock(path())).toBe("unsupported");
    expect(random).not.toHaveBeenCalled();
    expect(openFiles(folder, 0)).toBe(0);
  });

  it.each([
    ["a link", () => symlinkSync(join(folder, "target"), path())],
    ["a folder", () => mkdirSync(path())],
  ])("refuses %s", async (_, make) => {
    writeFileSync(join(folder, "target"), "");
    make();
    await expect(trySqliteLock(path())).rejects.toThrow(StrongroomError);
  });
});

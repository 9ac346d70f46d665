import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import type { HeldLock } from "@strongroom/daemon/src/guard/held-lock.ts";
import { tryKernelLock } from "@strongroom/daemon/src/guard/kernel-lock.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder = "";
let locks: HeldLock[] = [];
const path = (): string => join(folder, ".lock");
const take = (): HeldLock => {
  const lock = tryKernelLock(path());
  if (typeof lock === "string") throw new Error(lock);
  locks.push(lock);
  return lock;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kernel-lock-"));
});
afterEach(() => {
  for (const lock of locks) lock.release();
  locks = [];
  rmSync(folder, { recursive: true });
});

describe("tryKernelLock", () => {
  it("excludes a second holder until it is released", () => {
    const lock = take();
    expect(tryKernelLock(path())).toBe("held");
    lock.release();
    locks = [];
    take();
  });

  it("keeps what stands in the file", () => {
    writeFileSync(path(), "left by somebody");
    take();
    expect(readFileSync(path(), "utf8")).toBe("left by somebody");
  });

  it("notices that its file was removed or replaced", () => {
    const lock = take();
    expect(lock.isOurs()).toBe(true);
    unlinkSync(path());
    expect(lock.isOurs()).toBe(false);
    writeFileSync(path(), "");
    expect(lock.isOurs()).toBe(false);
  });

  it.skipIf(process.platform === "win32")("refuses a link, a folder and a FIFO", () => {
    writeFileSync(join(folder, "target"), "");
    const makers = [
      () => symlinkSync(join(folder, "target"), path()),
      () => symlinkSync(join(folder, "nothing"), path()),
      () => mkdirSync(path()),
      () => spawnSync("mkfifo", [path()]),
    ];
    for (const make of makers) {
      make();
      expect(() => tryKernelLock(path())).toThrow(StrongroomError);
      rmSync(path(), { recursive: true });
    }
    expect(() => readFileSync(join(folder, "nothing"))).toThrow(/ENOENT/u);
  });
});

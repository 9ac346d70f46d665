import processes, { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import type { HeldLock } from "@strongroom/daemon/src/guard/held-lock.ts";
import { tryKernelLock } from "@strongroom/daemon/src/guard/kernel-lock.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openFiles } from "../../support/open-files.ts";

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
  vi.restoreAllMocks();
  syncBuiltinESMExports();
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

describe.runIf(process.platform === "linux")("where flock(1) takes no lock, tryKernelLock", () => {
  const held = (): number => openFiles(path(), 0);
  const answers = (answer: { status: number | null; error?: Error }): void => {
    const rest = { pid: 0, output: [], stdout: "", stderr: "", signal: null };
    vi.spyOn(processes, "spawnSync").mockReturnValue({ ...rest, ...answer });
    syncBuiltinESMExports();
  };
  const failed = (code: string): Error => Object.assign(new Error(code), { code });

  it.each([
    ["it is not installed", { status: null, error: failed("ENOENT") }],
    ["the file system has none (71)", { status: 71 }],
    ["the file system has none (65)", { status: 65 }],
  ])("leaves it to another lock when %s", (_, answer) => {
    answers(answer);
    expect(tryKernelLock(path())).toBe("unsupported");
    expect(held()).toBe(0);
  });

  it.each([
    ["it failed (66)", { status: 66 }],
    ["it was killed", { status: null }],
    ["it may not run", { status: null, error: failed("EACCES") }],
  ])("refuses, and promises nothing, when %s", (_, answer) => {
    answers(answer);
    expect(() => tryKernelLock(path())).toThrow(expect.objectContaining({ code: "UNAVAILABLE" }));
    expect(held()).toBe(0);
  });

  it("says held, and keeps no file open, when another has it", () => {
    take();
    expect(held()).toBe(1);
    expect(tryKernelLock(path())).toBe("held");
    expect(held()).toBe(1);
  });

  it("tries again when its file was replaced meanwhile, five times at most", () => {
    const { spawnSync: spawn } = processes;
    let times = 0;
    let replaced = 4;
    vi.spyOn(processes, "spawnSync").mockImplementation((...args: Parameters<typeof spawn>) => {
      times += 1;
      if (times <= replaced) unlinkSync(path());
      return spawn(...args);
    });
    syncBuiltinESMExports();
    expect(take().isOurs()).toBe(true);
    expect([times, held()]).toEqual([5, 1]);
    locks.pop()?.release();
    times = 0;
    replaced = Number.POSITIVE_INFINITY;
    expect(() => tryKernelLock(path())).toThrow(expect.objectContaining({ code: "UNAVAILABLE" }));
    expect([times, held()]).toEqual([5, 0]);
  });
});

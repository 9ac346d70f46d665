import { spawn } from "node:child_process";
import { once } from "node:events";
import fs, {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { tryGenerationLock } from "@strongroom/daemon/src/guard/generation-lock.ts";
import type { HeldLock } from "@strongroom/daemon/src/guard/held-lock.ts";
import { startTimeOf } from "@strongroom/daemon/src/guard/process-identity.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { contest, DEAD_PID } from "./contest.ts";

const rounds = process.env["STRONGROOM_LONG"] === "1" ? 2000 : 150;
let folder = "";
const path = (): string => join(folder, ".lock");
const take = (more?: Parameters<typeof tryGenerationLock>[1]): HeldLock => {
  const lock = tryGenerationLock(path(), more);
  if (typeof lock === "string") throw new Error(lock);
  return lock;
};
const owner = (): Record<string, unknown> =>
  JSON.parse(readFileSync(`${path()}.000000000001`, "utf8")) as Record<string, unknown>;
const rewrite = (changes: Record<string, unknown>): void =>
  writeFileSync(`${path()}.000000000001`, JSON.stringify({ ...owner(), ...changes }));

function refuse(code: string): never {
  throw Object.assign(new Error("refused"), { code });
}
/** What happens right before each link is made. */
function onLink(happens: () => void): void {
  const { linkSync } = fs;
  vi.spyOn(fs, "linkSync").mockImplementation((from, to) => {
    happens();
    linkSync(from, to);
  });
  syncBuiltinESMExports();
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "generations-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  rmSync(folder, { recursive: true });
});

describe("tryGenerationLock", () => {
  it("is held while its owner lives", () => {
    expect(take().isOurs()).toBe(true);
    expect(tryGenerationLock(path())).toBe("held");
  });

  it("is had by whoever has the kernel's on a disk without hard links, until the next is taken", () => {
    onLink(() => refuse("EPERM"));
    const lock = take({ beside: "kernel" });
    expect(readdirSync(folder)).toStrictEqual([]);
    expect(lock.isOurs()).toBe(true);
    expect(() => take()).toThrow(/neither locks nor hard links \(EPERM\)$/u);
    expect(readdirSync(folder)).toStrictEqual([]);
    writeFileSync(`${path()}.000000000001`, "{}");
    expect(lock.isOurs()).toBe(false);
  });

  const sweep = (): void => {
    const left = readdirSync(folder).filter((name) => name.startsWith(".lock.tmp"));
    for (const name of left) rmSync(join(folder, name));
  };
  const follow = (like: object = owner()): void => {
    const parent = { pid: process.ppid, startTime: startTimeOf(process.ppid) ?? null };
    writeFileSync(`${path()}.000000000002`, JSON.stringify({ ...like, ...parent }));
  };

  it.each(["kernel", undefined] as const)(
    "is no less to be had by one who stood still until its file was swept, with the lock of the %s",
    (beside) => {
      take();
      rewrite({ pid: DEAD_PID });
      let links = 0;
      onLink(() => {
        links += 1;
        if (links === 1) sweep();
      });
      const lock = take(beside === undefined ? {} : { beside });
      expect([lock.isOurs(), links]).toEqual([true, 2]);
      expect(readdirSync(folder).toSorted()).toEqual([".lock.000000000001", ".lock.000000000002"]);
    },
  );

  it.each([
    ["swept its file", sweep],
    ["had a disk with links", () => refuse("EPERM")],
    ["was quicker", () => {}],
  ] as const)("is held when somebody took it meanwhile who %s", (_, happens) => {
    take();
    rewrite({ pid: DEAD_PID });
    onLink(() => {
      follow();
      happens();
    });
    expect(tryGenerationLock(path(), { beside: "kernel" })).toBe("held");
    expect(readdirSync(folder).toSorted()).toEqual([".lock.000000000001", ".lock.000000000002"]);
  });

  it("is held when somebody took it while the disk was full", () => {
    take();
    rewrite({ pid: DEAD_PID });
    const { openSync } = fs;
    vi.spyOn(fs, "openSync").mockImplementation((...asked) => {
      if (asked[1] !== "wx") return openSync(...asked);
      return refuse("ENOSPC");
    });
    const { readFileSync: read } = fs;
    const seen = JSON.stringify(owner());
    // Between the look at the owner and the use of what was seen.
    vi.spyOn(fs, "readFileSync").mockImplementation((...asked) => {
      if (asked[0] !== `${path()}.000000000001`) return read(...asked);
      if (!readdirSync(folder).includes(".lock.000000000002")) follow(JSON.parse(seen) as object);
      return seen;
    });
    syncBuiltinESMExports();
    expect(tryGenerationLock(path(), { beside: "kernel" })).toBe("held");
  });

  it("passes on when the owner is gone, keeping the old head", () => {
    take();
    rewrite({ pid: DEAD_PID });
    expect(take().isOurs()).toBe(true);
    expect(readdirSync(folder).toSorted()).toStrictEqual([
      ".lock.000000000001",
      ".lock.000000000002",
    ]);
  });

  it("passes on when the pid is another process's now, or of another boot", () => {
    take();
    const { startTime } = owner();
    rewrite({ startTime: "1" });
    take();
    rmSync(`${path()}.000000000002`);
    rewrite({ startTime });
    expect(tryGenerationLock(path())).toBe("held");
    rewrite({ bootId: "another" });
    take();
  });

  it("judges no owner that it cannot see, unless another lock rules it out", () => {
    take();
    rewrite({ pid: DEAD_PID, namespace: "pid:[1]" });
    expect(() => tryGenerationLock(path())).toThrow(StrongroomError);
    rewrite({ namespace: owner()["namespace"], host: "elsewhere" });
    expect(() => tryGenerationLock(path())).toThrow(/elsewhere/u);
    // Another lock says that the owner is dead where the owner had it too.
    expect(() => tryGenerationLock(path(), { beside: "sqlite" })).toThrow(/elsewhere/u);
    rewrite({ beside: "sqlite" });
    expect(() => tryGenerationLock(path(), { beside: "kernel" })).toThrow(/elsewhere/u);
    expect(tryGenerationLock(path(), { beside: "sqlite" })).not.toBe("held");
  });

  it("passes on whatever was taken before this machine was started anew, in any container", () => {
    take();
    rewrite({ pid: DEAD_PID, namespace: "pid:[1]", bootId: "another" });
    take();
    rmSync(`${path()}.000000000002`);
    rewrite({ host: "elsewhere" });
    expect(() => tryGenerationLock(path())).toThrow(/elsewhere/u);
  });

  it("is not held in a copy of the vault by the owner of the original", () => {
    take();
    rewrite({ folder: "7:4711" });
    expect(take().isOurs()).toBe(true);
    rmSync(`${path()}.000000000002`);
    const { bootId, namespace } = owner();
    rewrite({ host: "elsewhere", bootId: "another" });
    expect(() => tryGenerationLock(path())).toThrow(/elsewhere/u);
    // Mounted once more it is the same folder with another device.
    rewrite({ host: owner()["host"], bootId, namespace: "pid:[1]" });
    expect(() => tryGenerationLock(path())).toThrow(StrongroomError);
    expect(namespace).not.toBe("pid:[1]");
  });

  it("sweeps what killed starters left, and nothing that one may be using", () => {
    const [old, young] = [`${path()}.tmp00000001`, `${path()}.tmp00000002`];
    for (const file of [old, young]) writeFileSync(file, "{}");
    utimesSync(old, 1_000, 1_000);
    take();
    expect(readdirSync(folder).toSorted()).toEqual([".lock.000000000001", ".lock.tmp00000002"]);
  });

  it("asks no other container once it was given up", () => {
    const lock = take();
    rewrite({ pid: DEAD_PID, namespace: "pid:[1]" });
    expect(() => tryGenerationLock(path())).toThrow(StrongroomError);
    lock.release();
    expect(take().isOurs()).toBe(true);
    expect(lock.isOurs()).toBe(false);
  });

  it("keeps the younger generations when it sweeps", () => {
    for (let generation = 1; generation <= 40; generation += 1) {
      writeFileSync(`${path()}.${generation.toString(16).padStart(12, "0")}`, "damaged");
    }
    expect(take().isOurs()).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith(".lock."))).toHaveLength(17);
  });

  it("knows when somebody put a higher generation there", () => {
    const lock = take();
    writeFileSync(`${path()}.000000000009`, "");
    expect(lock.isOurs()).toBe(false);
  });

  it.runIf(process.platform === "linux")("leaves a stopped owner its lock", async () => {
    const child = spawn("sleep", ["60"], { stdio: "ignore" });
    take();
    const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
    rewrite({ pid: child.pid, startTime: stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] });
    child.kill("SIGSTOP");
    expect(tryGenerationLock(path())).toBe("held");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(tryGenerationLock(path())).not.toBe("held");
  });

  it.runIf(process.platform === "linux")(
    "has one owner in each contended take-over",
    async () => {
      const outcome = await contest("generations", rounds);
      console.log(`generations: ${outcome.single} of ${rounds} with one owner`);
      expect(outcome).toStrictEqual({ single: rounds, double: 0, none: 0 });
    },
    600_000,
  );
});

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tryFallback, tryLock } from "@strongroom/daemon/src/guard/lock.ts";
import { hasSqlite } from "@strongroom/daemon/src/guard/sqlite-lock.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contest } from "./contest.ts";

const rounds = process.env["STRONGROOM_LONG"] === "1" ? 20_000 : 25;
let vault = "";

beforeEach(() => {
  vault = mkdtempSync(join(tmpdir(), "lock-"));
});
afterEach(() => rmSync(vault, { recursive: true }));

describe("tryLock", () => {
  it("takes the kernel's lock where there is one, and says so", async () => {
    const lock = await tryLock(vault);
    if (lock === "held") throw new Error("nobody else is there");
    const kinds = { linux: "flock", darwin: "O_EXLOCK", win32: "UV_FS_O_EXLOCK" };
    expect(lock.kind).toBe(kinds[process.platform as keyof typeof kinds]);
    expect(readdirSync(vault)).toStrictEqual([".lock"]);
    expect(await tryLock(vault)).toBe("held");
    lock.release();
    expect(await tryLock(vault)).not.toBe("held");
  });
});

describe("tryFallback", () => {
  it("says whether sqlite stands beside the generations", async () => {
    const lock = await tryFallback(vault);
    if (lock === "held") throw new Error("nobody else is there");
    expect(lock.kind).toBe(hasSqlite() ? "sqlite" : "generations");
    expect(lock.isOurs()).toBe(true);
    expect(await tryFallback(vault)).toBe("held");
    lock.release();
  });

  it.runIf(process.platform === "linux")(
    "never has two owners",
    async () => {
      const outcome = await contest("fallback", rounds);
      console.log(`fallback: ${rounds} of 20000 take-overs, ${outcome.single} with one owner`);
      expect(outcome.double).toBe(0);
      expect(outcome.single).toBeGreaterThan(0);
    },
    3_600_000,
  );
});

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveHome } from "@strongroom/client/protocol";
import { lockVault } from "@strongroom/daemon/src/guard/start.ts";
import type { LockedVault } from "@strongroom/daemon/src/guard/start.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import { contest } from "./contest.ts";

const long = process.env["STRONGROOM_LONG"] === "1";

describe.runIf(process.platform === "linux")("contended take-overs of a stale record", () => {
  it("have one owner each", async () => {
    const rounds = long ? 20_000 : 80;
    const { single, double, none } = await contest("guard", rounds);
    console.log(
      `take-overs: ${rounds} of 20000, ${single} with one owner, ${double} with two or more`,
    );
    expect({ single, double, none }).toStrictEqual({ single: rounds, double: 0, none: 0 });
  }, 3_600_000);

  it("have two owners under a naive unlink, which the canary sees", async () => {
    const rounds = long ? 500 : 60;
    const { double } = await contest("naive", rounds);
    console.log(`naive unlink: ${double} of ${rounds} rounds with two or more owners`);
    expect(double).toBeGreaterThan(0);
  }, 600_000);
});

describe("a lock that is held by nobody on record", () => {
  async function held(): Promise<LockedVault & { again: () => ReturnType<typeof lockVault> }> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "sr-")));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const home = resolveHome({ STRONGROOM_HOME: folder });
    const first = await lockVault(home, true);
    if (first === "already-running") throw new Error("nobody else is there");
    return { ...first, again: () => lockVault(home, true) };
  }

  it("is waited for: its holder may be dying", async () => {
    const { lock, again } = await held();
    const second = again();
    await new Promise((resolve) => setTimeout(resolve, 100));
    lock.release();
    const taken = await second;
    if (taken === "already-running") throw new Error("the dying one was taken for a living one");
    taken.lock.release();
  });

  it("is somebody's who begins, when it stays held", async () => {
    const { lock, again } = await held();
    expect(await again()).toBe("already-running");
    lock.release();
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Daemons, recordOf } from "../support/daemons.ts";
import { converse } from "../support/hostile-client.ts";
import type { Met } from "../support/hostile-client.ts";
import { MARKER } from "../support/hostile-params.ts";
import { pause } from "../support/processes.ts";
import { RawClient } from "../support/raw-client.ts";
import { long, printCount, size } from "../support/size.ts";

const SEED = Number(process.env["STRONGROOM_SEED"] ?? 20_261_126);
const FULL = 1_000_000;
const AT_ONCE = 24;
const CHUNK = 480;
/** No hostile name, prefix or pattern comes near it. */
const KEPT = "zz-kept/secret";

const daemons = new Daemons();
afterEach(() => daemons.clear());

/** MiB of memory of a process, the most that it ever had where the system tells. */
function memoryOf(pid: number): number {
  if (process.platform !== "linux") return 0;
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? Infinity) / 1024;
}

/** A client that breaks no rule is served as if it were alone. */
async function serve(path: string, round: number): Promise<void> {
  const client = await RawClient.greeted(path);
  const value = `round ${round}`;
  const set = await client.call("secret/set", { name: "zz-good/secret", value });
  expect(set.error).toBeUndefined();
  const got = await client.call("secret/get", { name: "zz-good/secret" });
  expect(got.result?.["value"]).toBe(value);
  const kept = await client.call("secret/get", { name: KEPT });
  expect(kept.result).toMatchObject({ value: "kept", version: 1 });
  client.destroy();
}

/** The conversations of these seeds, some of them at the same time. */
async function attack(path: string, first: number, met: Met): Promise<void> {
  let next = first;
  const attacker = async (): Promise<void> => {
    while (next < first + CHUNK && met.violations.length === 0) {
      const seed = next;
      next += 1;
      await converse(path, seed, met);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, attacker));
}

test(
  "no hostile frame ends the daemon, hurts another client or comes back in an error",
  { timeout: long ? 3_600_000 : 120_000 },
  async () => {
    const home = daemons.folder();
    const daemon = await daemons.started(home);
    const path = recordOf(home)?.endpoint ?? "";
    const owner = await RawClient.greeted(path);
    await owner.call("secret/set", { name: KEPT, value: "kept" });
    owner.destroy();
    const frames = Number(process.env["STRONGROOM_COUNT"] ?? size(3000, FULL));
    const met: Met = { frames: 0, outcomes: new Map(), violations: [] };
    let memory = 0;
    let ended: unknown;
    void daemon.exited.then((exit) => (ended = exit));
    for (let round = 0; met.frames < frames && ended === undefined; round += 1) {
      await attack(path, SEED + round * CHUNK, met).catch((error: unknown) => {
        met.violations.push(`from seed ${SEED + round * CHUNK}: ${String(error)}`);
      });
      if (met.violations.length > 0) break;
      await serve(path, round);
      memory = Math.max(memory, memoryOf(daemon.pid));
      if (long && round % 20 === 19)
        console.log(`${met.frames} of ${frames}, ${memory.toFixed(0)} MiB`);
    }
    if (met.violations.length > 0) await pause(500);
    // How it ended, and what it said.
    expect(ended).toBeUndefined();
    for (const [outcome, times] of [...met.outcomes].toSorted(([, one], [, two]) => two - one))
      console.log(`${times} ${outcome}`);
    console.log(`${met.violations.length} violations, RSS at most ${memory.toFixed(0)} MiB`);
    printCount(`hostile frames, from seed ${SEED}`, met.frames, FULL);
    expect(met.violations).toEqual([]);
    expect(memory).toBeLessThan(256);
    expect(recordOf(home)?.pid).toBe(daemon.pid);
    for (const name of readdirSync(join(home, "log")))
      expect(readFileSync(join(home, "log", name), "latin1")).not.toContain(MARKER);
    daemon.child.kill("SIGTERM");
    expect(await daemon.exited).toMatchObject({
      status: 0,
      said: expect.not.stringMatching(MARKER),
    });
  },
);

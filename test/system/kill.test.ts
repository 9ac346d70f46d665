import { once } from "node:events";
import { connect } from "@strongroom/client";
import { expect, test } from "vitest";
import {
  discard,
  pause,
  rounds,
  startDaemon,
  temporaryHome,
  worker,
} from "../support/processes.ts";

interface Line {
  readonly tried?: string;
  readonly acknowledged?: string;
  readonly n: number;
  readonly version?: number;
}

/** What a name may hold: from the last acknowledged number to the last one tried. */
interface Bounds {
  acknowledged: number;
  version: number;
  tried: number;
}

function boundsOf(lines: readonly unknown[]): Map<string, Bounds> {
  const bounds = new Map<string, Bounds>();
  for (const line of lines as readonly Line[]) {
    const name = line.tried ?? line.acknowledged;
    if (name === undefined) continue;
    const bound = bounds.get(name) ?? { acknowledged: 0, version: 0, tried: 0 };
    if (line.tried === undefined) {
      bound.acknowledged = line.n;
      bound.version = line.version ?? 0;
    } else {
      bound.tried = line.n;
    }
    bounds.set(name, bound);
  }
  return bounds;
}

test("no acknowledged write is lost, no open refused and no value invented by kill -9 under eight writers", async () => {
  const cycles = rounds("kill -9 cycles under 8 writers", 15, 200);
  const home = temporaryHome();
  let daemon = await startDaemon(home);
  const writers = Array.from({ length: 8 }, (_, id) => worker("writer", home, [`w${id}`, 25]));
  let kills = 0;
  let lost = 0;
  let invented = 0;
  let refused = 0;
  try {
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      await pause(50 + Math.random() * 250);
      // What was acknowledged before this moment must be there after the kill.
      const before = writers.map(({ lines }) => lines.length);
      const gone = once(daemon, "exit");
      daemon.kill("SIGKILL");
      await gone;
      kills += 1;
      daemon = await startDaemon(home, []).catch(async (error: unknown) => {
        refused += 1;
        console.log(`refused open: ${String(error)}`);
        throw error;
      });
      const reader = await connect({ home, autostart: false, timeout: "120s" });
      for (const [index, { lines }] of writers.entries()) {
        const acknowledged = boundsOf(lines.slice(0, before[index]));
        const { secrets } = await reader.read([...acknowledged.keys()]);
        for (const [place, bound] of [...acknowledged.values()].entries()) {
          if (bound.acknowledged === 0) continue;
          const secret = secrets[place];
          const n = Number(secret?.text().split(":")[1] ?? 0);
          if (n < bound.acknowledged || (secret?.version ?? 0) < bound.version) lost += 1;
        }
      }
      reader.close();
    }
    for (const { stop } of writers) stop();
    await Promise.all(writers.map(({ done }) => done));
    const reader = await connect({ home, autostart: false, timeout: "120s" });
    let acknowledgements = 0;
    for (const { lines } of writers) {
      acknowledgements += (lines as Line[]).filter(
        (line) => line.acknowledged !== undefined,
      ).length;
      for (const [name, bound] of boundsOf(lines)) {
        const secret = await reader.get(name).catch(() => undefined);
        const n = Number(secret?.text().split(":")[1] ?? 0);
        if (n < bound.acknowledged) lost += 1;
        if (
          n > bound.tried ||
          (secret !== undefined && !secret.text().startsWith(name.split("/")[0]!))
        )
          invented += 1;
      }
    }
    reader.close();
    console.log(
      `${kills} kills, ${acknowledgements} acknowledgements: ${lost} lost, ${refused} refused opens, ${invented} invented values`,
    );
    expect(acknowledgements).toBeGreaterThan(kills);
    expect({ lost, refused, invented }).toEqual({ lost: 0, refused: 0, invented: 0 });
  } finally {
    for (const { child } of writers) child.kill("SIGKILL");
    await discard(home);
  }
}, 1_800_000);

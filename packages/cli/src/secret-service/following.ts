import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@strongroom/client";
import { PREFIX } from "./names.ts";
import type { View } from "./view.ts";

/** Between two looks at a vault that is locked, or whose daemon is not there. */
const PAUSE_MS = 1000;

/**
 * Looks whenever others changed something, so that the bus hears of it, until it is aborted. It asks
 * by a client of its own that starts no daemon: what waits on a connection holds up its lock.
 */
export async function follow(quiet: Client, view: View, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const { revision, state } = await quiet.status({}, { signal });
      await view.lookAnyway();
      if (state !== "locked") {
        for await (const { event } of quiet.watch(`${PREFIX}**`, { since: revision, signal })) {
          await view.lookAnyway();
          if (event === "lock") break;
        }
      }
    } catch {
      // Without a daemon nothing happens that could be told.
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
  }
}

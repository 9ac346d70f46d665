import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";
import { PREFIX } from "./names.ts";
import type { View } from "./view.ts";

/** Between two looks at a vault that is locked, or whose daemon is not there. */
const PAUSE_MS = 1000;

/**
 * Looks whenever others changed something, so that the bus hears of it, until it is aborted. While
 * the vault is locked it asks `quiet`, a client that starts no daemon, whether it still is.
 */
export async function follow(
  client: Client,
  quiet: Client,
  view: View,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const { revision } = await quiet.call("vault/read", { names: [] }, { signal });
      await view.look();
      for await (const { event } of client.watch(`${PREFIX}**`, { since: revision, signal })) {
        await view.lookAnyway();
        if (event === "lock") break;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof StrongroomError && error.code === "LOCKED") {
        await view.lookAnyway().catch(() => {});
      }
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";

/** So long changes are gathered before something is done about them. */
const GATHERING_MS = 200;

/** Between two looks whether a vault that was locked is open again. */
const LOCKED_MS = 1000;

/**
 * Calls back after secrets of these names have changed, until it is aborted; over locks, too. What is
 * called says itself what failed.
 */
export async function onChanges(
  client: Pick<Client, "watch">,
  names: () => ReadonlySet<string>,
  { changed, signal }: { readonly changed: () => Promise<void>; readonly signal: AbortSignal },
): Promise<void> {
  let waiting: Promise<void> | undefined;
  let since: number | undefined;
  for (;;) {
    try {
      for await (const event of client.watch("**", { signal, ...(since && { since }) })) {
        since = event.revision;
        const concerns = event.event === "resync" || ("name" in event && names().has(event.name));
        if (!concerns || waiting !== undefined) continue;
        waiting = gathered(signal).finally(() => (waiting = undefined));
        void waiting.then(changed, () => undefined);
      }
    } catch (error) {
      const isLocked = error instanceof StrongroomError && error.code === "LOCKED";
      if (!isLocked || since === undefined) throw error;
    }
    await sleep(LOCKED_MS, undefined, { signal });
  }
}

async function gathered(signal: AbortSignal): Promise<void> {
  await sleep(GATHERING_MS, undefined, { signal });
}

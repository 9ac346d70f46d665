import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@strongroom/client";

/** So long changes are gathered before something is done about them. */
const GATHERING_MS = 200;

/** Calls back after secrets of these names have changed, until it is aborted. */
export async function onChanges(
  client: Pick<Client, "watch">,
  names: () => ReadonlySet<string>,
  { changed, signal }: { readonly changed: () => Promise<void>; readonly signal: AbortSignal },
): Promise<void> {
  let waiting: Promise<void> | undefined;
  for await (const event of client.watch("**", { signal })) {
    const concerns = event.event === "resync" || ("name" in event && names().has(event.name));
    if (!concerns || waiting !== undefined) continue;
    waiting = gathered(signal).finally(() => (waiting = undefined));
    void waiting.then(changed).catch(() => undefined);
  }
}

async function gathered(signal: AbortSignal): Promise<void> {
  await sleep(GATHERING_MS, undefined, { signal });
}

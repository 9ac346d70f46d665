import { setTimeout as sleep } from "node:timers/promises";
import { Patience } from "./patience.ts";
import { StrongroomError } from "./protocol/index.ts";
import type { Result, WatchEvent } from "./protocol/index.ts";
import type { Session } from "./session.ts";

/** How long one request waits for something to happen, and for its answer besides. */
const WAIT_MS = 25_000;
const ANSWER_MS = 20_000;
/** Between two looks for a daemon. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

/** What `watch` takes. */
export interface WatchOptions {
  /** All that happened after that revision, which some answer carried; absent = from now on. */
  readonly since?: number;
  /** Ends the watch, by rejecting with its reason. */
  readonly signal?: AbortSignal;
}

/** What a watch gives: what happened, or that it is not known any more: list what there is then. */
export type Watched = WatchEvent | { readonly event: "resync"; readonly revision: number };

type Place = { readonly cursor: number } | { readonly since: number } | object;

/**
 * What happens to the names of a pattern, each event once and in order, also when the connection is
 * lost or the daemon is another. No daemon is started for it: while there is none nothing happens.
 * It ends behind a `lock`; it throws `DENIED` when whoever watches may not any more.
 */
export async function* watch(
  session: Session,
  pattern: string,
  { signal, since }: WatchOptions,
): AsyncGenerator<Watched, void, undefined> {
  let place: Place = since === undefined ? {} : { since };
  let revision = since ?? 0;
  for (;;) {
    signal?.throwIfAborted();
    let found: Result<"watch/start">;
    try {
      const patience = new Patience({ ms: WAIT_MS + ANSWER_MS, asked: true }, signal);
      const params = { pattern, ...place, wait: WAIT_MS };
      found = await session.request("watch/start", params, true, patience);
    } catch (error) {
      // It was locked while nobody was there to say so.
      if (isLocked(error) && "cursor" in place) return yield { event: "lock", revision };
      if (!isGone(error)) throw error;
      await untilServed(session, signal);
      continue;
    }
    ({ revision } = found);
    place = { cursor: found.cursor };
    if (found.resync === true) yield { event: "resync", revision };
    for (const event of found.events) {
      yield event;
      if (event.event === "lock") return;
    }
    if (found.closing === true) await untilServed(session, signal);
  }
}

/** Waits for a daemon that serves; asked on a connection of its own, for which none is started. */
async function untilServed(session: Session, signal: AbortSignal | undefined): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    await sleep(pause, undefined, signal && { signal });
    const looking = session.apart();
    try {
      await looking.open(new Patience({ ms: ANSWER_MS, asked: true }, signal));
      if (looking.hello?.state !== "closing") return;
    } catch (error) {
      signal?.throwIfAborted();
      if (!isGone(error)) throw error;
    } finally {
      looking.close();
    }
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof StrongroomError && error.code === "LOCKED";
}

/** Whether another daemon may answer, or this one in a moment. */
function isGone(error: unknown): boolean {
  if (!(error instanceof StrongroomError)) return false;
  return ["BUSY", "CLOSING", "RATE_LIMITED", "TIMEOUT", "UNAVAILABLE"].includes(error.code);
}

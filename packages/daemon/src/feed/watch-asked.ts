import { compilePattern, LIMITS } from "@strongroom/client/protocol";
import type { Params, Result, WatchEvent } from "@strongroom/client/protocol";
import type { Ask } from "../flights/step.ts";
import type { VaultView } from "../vault/state.ts";
import type { FeedEvent } from "./block.ts";
import type { Watches } from "./watches.ts";

/** Milliseconds until it is answered that nothing happened, where nobody says how long. */
const WAIT_MS = 25_000;

/**
 * `watch/start`: the next events behind a place, as soon as there are any that whoever asks may see
 * at that moment. Nothing of it is kept between two requests.
 */
export function watchAsked(
  watches: Watches,
  { cursor, pattern = "**", since, wait = WAIT_MS }: Params<"watch/start">,
): Ask<Result<"watch/start">> {
  const { feed } = watches;
  const matches = compilePattern(pattern);
  const end = watches.now() + wait;
  let place = cursor === undefined ? undefined : watches.numberOf(cursor);
  let revision = 0;
  let isOver = wait === 0;
  const isSeen = (event: FeedEvent, view: VaultView): boolean =>
    matches(event.name) && (event.kind === "revoke" ? view.isWhole : view.sees(event.name));
  const ask: Ask<Result<"watch/start">> = (at, view) => {
    ({ revision } = view.counters);
    watches.expire(at);
    const isFirst = place === undefined;
    place ??= since === undefined ? feed.end : feed.behind(since);
    const found = place === undefined || (since ?? 0) > revision ? undefined : feed.from(place);
    if (place === undefined || found === undefined) {
      place = feed.end;
      return { result: { events: [], cursor: watches.cursorOf(place), resync: true, revision } };
    }
    const { events, taken } = portion(found, (event) => isSeen(event, view));
    place += taken;
    if (events.length > 0) return { result: { events, cursor: watches.cursorOf(place), revision } };
    // Others have their turn between the blocks that hold nothing for this one.
    if (place < feed.end) return { wait: new Promise((resolve) => setImmediate(resolve)) };
    const left = Math.max(0, end - watches.now());
    if (isOver || (isFirst && since === undefined)) {
      return { result: { events, cursor: watches.cursorOf(place), revision } };
    }
    if (watches.isClosing)
      return { result: { events, cursor: watches.cursorOf(place), closing: true, revision } };
    return watches.more(at, left, () => {
      isOver = true;
    });
  };
  const locked = (): Result<"watch/start"> => {
    return {
      events: [{ event: "lock", revision }],
      cursor: watches.cursorOf(place ?? feed.end),
      revision,
    };
  };
  return Object.assign(ask, { locked });
}

/** The first that are seen, no more than are answered at once, and how many were looked at for them. */
function portion(
  found: readonly FeedEvent[],
  isSeen: (event: FeedEvent) => boolean,
): { readonly events: readonly WatchEvent[]; readonly taken: number } {
  const events: WatchEvent[] = [];
  let taken = 0;
  for (const event of found) {
    if (events.length === LIMITS.watchEvents) break;
    taken += 1;
    const { kind, name, revision } = event;
    if (isSeen(event)) events.push({ event: kind, name, revision });
  }
  return { events, taken };
}

import { LIMITS } from "./limits.ts";
import type { MethodEntry } from "./method-entry.ts";
import type { Params, Result } from "./methods.ts";
import { object, optional } from "./object-shape.ts";
import { integer, list, oneOf, text } from "./shape.ts";
import { pattern, revision } from "./value-shapes.ts";
import type { WatchEvent, WatchMethods } from "./watch-methods.ts";

interface Listed {
  readonly event: WatchEvent["event"];
  readonly name?: string;
  readonly revision: number;
}

const event = object<Listed>({
  event: oneOf("delete", "expire", "lock", "revoke", "set"),
  name: optional(text()),
  revision,
});
const cursor = integer(0);

/** `watch/*`, sorted. */
export const WATCH_METHODS: { readonly [M in keyof WatchMethods]: MethodEntry<M> } = {
  "watch/start": {
    summary: "Says what happened behind a place, or waits until something does.",
    kind: "flight",
    params: object<Params<"watch/start">>({
      pattern: optional(pattern),
      since: optional(revision),
      cursor: optional(cursor),
      wait: optional(integer(0, LIMITS.watchWaitMs)),
    }),
    result: object<Omit<Result<"watch/start">, "events"> & { readonly events: readonly Listed[] }>({
      events: list(event),
      cursor,
      resync: optional(oneOf(true)),
      closing: optional(oneOf(true)),
      revision,
    }) as MethodEntry<"watch/start">["result"],
  },
};

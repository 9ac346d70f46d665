import { LIMITS } from "./limits.ts";
import type { MethodEntry } from "./method-entry.ts";
import type { Params, Result } from "./methods.ts";
import { object, optional } from "./object-shape.ts";
import type { Fields } from "./object-shape.ts";
import type { Renewer, RenewerEntry, RenewerMethods } from "./renewer-methods.ts";
import { boolean, integer, list, oneOf, text } from "./shape.ts";
import { argv } from "./slot-shapes.ts";
import { name, pattern, repeatable, revision, time } from "./value-shapes.ts";

const fields: Fields<Renewer> = {
  name,
  argv,
  lifetimeMs: integer(LIMITS.renewerLeastMs, LIMITS.renewerMs),
  serveStale: optional(oneOf(true)),
};
const entry = object<RenewerEntry>({
  ...fields,
  due: boolean,
  renewedAt: optional(time),
  flight: optional(object<Required<RenewerEntry>["flight"]>({ id: text(), startedAt: time })),
  failure: optional(object<Required<RenewerEntry>["failure"]>({ at: time, why: text() })),
});
const changed = object<Result<"renewer/set">>({ name, revision });

/** `renewer/*`, sorted. */
export const RENEWER_METHODS: { readonly [M in keyof RenewerMethods]: MethodEntry<M> } = {
  "renewer/list": {
    summary: "Lists the programs that renew secrets, and how they are.",
    kind: "read",
    params: object<Params<"renewer/list">>({ pattern: optional(pattern) }),
    result: object<Result<"renewer/list">>({ renewers: list(entry), revision }),
  },
  "renewer/remove": {
    summary: "Renews a secret no more; its value stays as it is.",
    kind: "mutation",
    params: object<Params<"renewer/remove">>({ name, ...repeatable }),
    result: changed,
  },
  "renewer/set": {
    summary: "Has a program print the next value of a secret whenever the old one is too old.",
    kind: "mutation",
    params: object<Params<"renewer/set">>({ ...fields, ...repeatable }),
    result: changed,
  },
};

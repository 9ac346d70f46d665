import type { KeyMethods } from "./key-methods.ts";
import { keyShapes } from "./key-shapes.ts";
import { nothing } from "./method-entry.ts";
import type { MethodEntry } from "./method-entry.ts";
import { presentedKey, verifiedKey } from "./verify-shapes.ts";

/** `key/*`, sorted. */
export const KEY_METHODS: { readonly [M in keyof KeyMethods]: MethodEntry<M> } = {
  "key/create": {
    summary: "Makes an API key and shows it, once.",
    kind: "mutation",
    params: keyShapes.create,
    result: keyShapes.created,
  },
  "key/list": {
    summary: "Lists the API keys, without what they are.",
    kind: "read",
    params: nothing,
    result: keyShapes.list,
  },
  "key/revoke": {
    summary: "Ends an API key; what begins afterwards is refused.",
    kind: "mutation",
    params: keyShapes.revoke,
    result: keyShapes.changed,
  },
  "key/rotate": {
    summary: "Makes an API key in the place of another, which ends in the same turn.",
    kind: "mutation",
    params: keyShapes.rotate,
    result: keyShapes.rotated,
  },
  "key/show": {
    summary: "Says what an API key may do.",
    kind: "read",
    params: keyShapes.which,
    result: keyShapes.entry,
  },
  "key/update": {
    summary: "Changes what an API key may do, from the next request on.",
    kind: "mutation",
    params: keyShapes.update,
    result: keyShapes.changed,
  },
  "key/verify": {
    summary: "Judges a key that was presented to a service, and uses its rate and quota.",
    kind: "read",
    params: presentedKey,
    result: verifiedKey,
  },
};

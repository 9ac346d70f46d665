import type { KeyMethods } from "./key-methods.ts";
import { keyShapes } from "./key-shapes.ts";
import { nothing } from "./method-entry.ts";
import type { MethodEntry } from "./method-entry.ts";
import type { Params, Result } from "./methods.ts";
import { object } from "./object-shape.ts";
import { text } from "./shape.ts";
import { revision } from "./value-shapes.ts";
import { presentedKey, verifiedKey } from "./verify-shapes.ts";

type Entries<M extends keyof KeyMethods> = { readonly [N in M]: MethodEntry<N> };

/** `key/*`, sorted. */
export const KEY_METHODS: Entries<Exclude<keyof KeyMethods, "session/authenticate">> = {
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

/** `session/*`, sorted. */
export const SESSION_METHODS: Entries<"session/authenticate"> = {
  "session/authenticate": {
    summary: "Makes a connection that of an API key; it is never the owner's again.",
    kind: "read",
    params: object<Params<"session/authenticate">>({ token: text({ maxLength: 256 }) }),
    result: object<Result<"session/authenticate">>({ id: text(), name: text(), revision }),
  },
};

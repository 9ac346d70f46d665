import type { ApiKeyEntry } from "./api-key.ts";
import { LIMITS } from "./limits.ts";
import type { Params, Result } from "./methods.ts";
import { object, optional } from "./object-shape.ts";
import type { Fields, ObjectShape } from "./object-shape.ts";
import { parseRule } from "./scope.ts";
import { integer, list, oneOf, refine, text } from "./shape.ts";
import type { Shape } from "./shape.ts";
import { repeatable, revision, time } from "./value-shapes.ts";

/** What people call a key: shown on terminals, and no id of another. */
const keyName: Shape<string> = text({
  minLength: 1,
  maxLength: LIMITS.labelCharacters,
  pattern: String.raw`^[\p{L}\p{N}][\p{L}\p{N} ._@/-]*$`,
});

/** Whom a key is for: what a service is called. */
export const audience: Shape<string> = keyName;

const rule = refine(
  text({ maxLength: 1200 }),
  "Actions and a pattern: `get,list:github/**`.",
  (value) => void parseRule(value),
);
const rules = list(rule, { maxItems: LIMITS.keyRules });
const rate = object<NonNullable<ApiKeyEntry["rate"]>>({
  count: integer(1, 1_000_000),
  perMs: integer(1000, 86_400_000),
});
const quota = integer(1, 1_000_000_000);

const limits = {
  expiresAt: optional(time),
  noExpiry: optional(oneOf(true)),
  rate: optional(rate),
  quota: optional(quota),
} as const;

const entryFields: Fields<ApiKeyEntry> = {
  id: text(),
  name: text(),
  state: oneOf("active", "expired", "revoked"),
  audience: text(),
  allow: rules,
  deny: rules,
  createdAt: time,
  expiresAt: optional(time),
  rate: optional(rate),
  quota: optional(quota),
  used: optional(integer(0)),
  revokedAt: optional(time),
};

const which = text({ minLength: 1, maxLength: LIMITS.labelCharacters });
const made = { id: text(), token: text(), revision } as const;

/** The params and results of `key/*`. */
export const keyShapes: {
  readonly create: ObjectShape<Params<"key/create">>;
  readonly created: ObjectShape<Result<"key/create">>;
  readonly changed: ObjectShape<Result<"key/update">>;
  readonly entry: ObjectShape<Result<"key/show">>;
  readonly list: ObjectShape<Result<"key/list">>;
  readonly revoke: ObjectShape<Params<"key/revoke">>;
  readonly rules: Shape<readonly string[]>;
  readonly rotate: ObjectShape<Params<"key/rotate">>;
  readonly rotated: ObjectShape<Result<"key/rotate">>;
  readonly update: ObjectShape<Params<"key/update">>;
  readonly which: ObjectShape<Params<"key/show">>;
} = {
  create: object<Params<"key/create">>({
    name: keyName,
    audience: optional(audience),
    allow: rules,
    deny: optional(rules),
    ...limits,
    ...repeatable,
  }),
  created: object<Result<"key/create">>(made),
  changed: object<Result<"key/update">>({ id: text(), revision }),
  entry: object<Result<"key/show">>({ ...entryFields, revision }),
  list: object<Result<"key/list">>({ keys: list(object<ApiKeyEntry>(entryFields)), revision }),
  revoke: object<Params<"key/revoke">>({ key: which, ...repeatable }),
  rules,
  rotate: object<Params<"key/rotate">>({
    key: which,
    overlapMs: optional(integer(0, 86_400_000)),
    ...repeatable,
  }),
  rotated: object<Result<"key/rotate">>({ ...made, replaces: text() }),
  update: object<Params<"key/update">>({
    key: which,
    allow: optional(rules),
    deny: optional(rules),
    addAllow: optional(rules),
    addDeny: optional(rules),
    removeAllow: optional(rules),
    removeDeny: optional(rules),
    ...limits,
    noQuota: optional(oneOf(true)),
    noRate: optional(oneOf(true)),
    ...repeatable,
  }),
  which: object<Params<"key/show">>({ key: which }),
};

import type { HistoryEntry, NamedVersion, SecretEntry, SecretValue } from "./methods.ts";
import { object, optional } from "./object-shape.ts";
import type { Fields, ObjectShape } from "./object-shape.ts";
import { boolean, oneOf, text } from "./shape.ts";
import type { JsonSchema, Shape } from "./shape.ts";
import { encoding, metadata, name, time, version } from "./value-shapes.ts";

/** A value of the shape, or `null`. */
export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  const schema: JsonSchema = { oneOf: [shape.schema, { type: "null" }] };
  return {
    schema,
    parse: (value, field) => (value === null ? null : shape.parse(value, field)),
  };
}

/** The fields of a secret with its value. */
export const secretFields: Fields<SecretValue> = {
  name,
  value: text(),
  encoding,
  version,
  metadata,
  updatedAt: time,
  stale: optional(oneOf(true)),
};
/** A secret with its value. */
export const secret: ObjectShape<SecretValue> = object<SecretValue>(secretFields);

/** A secret without its value. */
export const entry: ObjectShape<SecretEntry> = object<SecretEntry>({
  name,
  version,
  updatedAt: time,
  metadata,
  deleted: optional(oneOf(true)),
  expired: optional(oneOf(true)),
});

/** One kept version. */
export const historyEntry: ObjectShape<HistoryEntry> = object<HistoryEntry>({
  version,
  updatedAt: time,
  deleted: boolean,
  current: boolean,
});

/** The fields of what a mutation of one name answers. */
export const namedVersion: Fields<NamedVersion> = { name, version };

import { invalid } from "./shape.ts";
import type { JsonSchema, Shape } from "./shape.ts";

/** A field that may be absent. */
export interface OptionalField<T> {
  readonly optional: Shape<T>;
}

/** For each member of `T` its shape, wrapped by `optional` exactly where the member is. */
export type Fields<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K>
    ? OptionalField<Exclude<T[K], undefined>>
    : Shape<T[K]>;
};

/** Marks a field that may be absent. */
export function optional<T>(shape: Shape<T>): OptionalField<T> {
  return { optional: shape };
}

/** A shape of objects, with its fields in sight (OpenRPC lists params one by one). */
export interface ObjectShape<T> extends Shape<T> {
  readonly fields: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly schema: JsonSchema;
  }[];
}

/**
 * An object with these fields and no other: an unknown one is `INVALID`, `__proto__` too. Where it
 * `isOpen` others are passed over: those of a later release.
 */
export function object<T extends object>(fields: Fields<T>, isOpen = false): ObjectShape<T> {
  const members = new Map<string, { readonly required: boolean; readonly shape: Shape<unknown> }>();
  for (const [name, field] of Object.entries<Shape<unknown> | OptionalField<unknown>>(fields))
    members.set(
      name,
      "optional" in field
        ? { required: false, shape: field.optional }
        : { required: true, shape: field },
    );
  const listed = [...members].map(([name, { required, shape }]) => ({
    name,
    required,
    schema: shape.schema,
  }));
  return {
    fields: listed,
    schema: {
      type: "object",
      properties: Object.fromEntries(listed.map(({ name, schema }) => [name, schema])),
      required: listed.filter(({ required }) => required).map(({ name }) => name),
      additionalProperties: isOpen,
    },
    parse(value, field) {
      if (!isPlainObject(value)) throw invalid(field, "must be an object");
      for (const name of Object.keys(value))
        if (!isOpen && !members.has(name))
          throw invalid(join(field, printable(name)), "is not known here");
      const parsed: { [name: string]: unknown } = {};
      for (const [name, { required, shape }] of members) {
        // Only own members count: nothing may come in by way of a prototype.
        const present = Object.hasOwn(value, name) ? value[name] : undefined;
        if (present !== undefined) parsed[name] = shape.parse(present, join(field, name));
        else if (required) throw invalid(join(field, name), "is missing");
      }
      return parsed as T;
    },
  };
}

/** Objects told apart by one member, `tag`; each alternative names its value of it. */
export function tagged<T extends object>(
  tag: string,
  alternatives: { readonly [value: string]: ObjectShape<T> },
): Shape<T> {
  const known = new Map(Object.entries(alternatives));
  return {
    schema: { oneOf: [...known.values()].map(({ schema }) => schema) },
    parse(value, field) {
      if (!isPlainObject(value)) throw invalid(field, "must be an object");
      const named = Object.hasOwn(value, tag) ? value[tag] : undefined;
      const shape = typeof named === "string" ? known.get(named) : undefined;
      if (shape === undefined)
        throw invalid(join(field, tag), `must be one of: ${[...known.keys()].join(", ")}`);
      return shape.parse(value, field);
    },
  };
}

function isPlainObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function join(field: string, name: string): string {
  return field === "params" ? name : `${field}.${name}`;
}

// A field's name is the caller's text: only what looks like a field is said back.
function printable(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]{0,31}$/.test(name) ? name : "a field";
}

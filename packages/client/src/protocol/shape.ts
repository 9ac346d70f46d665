import { StrongroomError } from "./errors.ts";
import { isWellFormed } from "./names.ts";

/** A JSON Schema (draft 7), as the OpenRPC document carries it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/**
 * What a value must look like: its schema for readers, and the parser that holds it to that.
 * One table of shapes is both the guard of the daemon and the published document.
 */
export interface Shape<T> {
  readonly schema: JsonSchema;
  /** Returns the value, or throws `INVALID` or `TOO_LARGE` naming the field, never its content. */
  parse(value: unknown, field: string): T;
}

/** A refusal that names the field. */
export function invalid(field: string, rule: string): StrongroomError {
  return new StrongroomError("INVALID", `${field} ${rule}`);
}

/** A refusal of size that names the field. */
export function tooLarge(field: string, most: string): StrongroomError {
  return new StrongroomError("TOO_LARGE", `${field} must not be larger than ${most}`);
}

/** Text that survives UTF-8; `minLength` and a pattern of its own where given. */
export function text(
  rules: {
    readonly minLength?: number;
    readonly maxLength?: number;
    readonly pattern?: string;
  } = {},
): Shape<string> {
  const pattern = rules.pattern === undefined ? undefined : new RegExp(rules.pattern, "u");
  return {
    schema: { type: "string", ...rules },
    parse(value, field) {
      if (typeof value !== "string") throw invalid(field, "must be a string");
      if (value.length < (rules.minLength ?? 0)) throw invalid(field, "must not be empty");
      if (value.length > (rules.maxLength ?? Infinity))
        throw invalid(field, `must not be longer than ${rules.maxLength} characters`);
      if (!isWellFormed(value)) throw invalid(field, "must be well-formed Unicode");
      if (pattern !== undefined && !pattern.test(value))
        throw invalid(field, `must match ${rules.pattern}`);
      return value;
    },
  };
}

/** A safe integer within the bounds. */
export function integer(minimum: number, maximum?: number): Shape<number> {
  const range = maximum === undefined ? `from ${minimum}` : `from ${minimum} to ${maximum}`;
  return {
    schema: { type: "integer", minimum, ...(maximum === undefined ? {} : { maximum }) },
    parse(value, field) {
      if (
        typeof value !== "number" ||
        !Number.isSafeInteger(value) ||
        value < minimum ||
        value > (maximum ?? Infinity)
      )
        throw invalid(field, `must be an integer ${range}`);
      return value;
    },
  };
}

/** `true` or `false`. */
export const boolean: Shape<boolean> = {
  schema: { type: "boolean" },
  parse(value, field) {
    if (typeof value !== "boolean") throw invalid(field, "must be true or false");
    return value;
  },
};

/** One of these values, and nothing else. */
export function oneOf<const T extends string | true>(...values: readonly T[]): Shape<T> {
  return {
    schema: { enum: values },
    parse(value, field) {
      const found = values.find((candidate) => candidate === value);
      if (found === undefined) throw invalid(field, `must be one of: ${values.join(", ")}`);
      return found;
    },
  };
}

/** A list of values of one shape; more than `maxItems` are `TOO_LARGE`. */
export function list<T>(
  items: Shape<T>,
  rules: { readonly minItems?: number; readonly maxItems?: number } = {},
): Shape<readonly T[]> {
  return {
    schema: { type: "array", items: items.schema, ...rules },
    parse(value, field) {
      if (!Array.isArray(value)) throw invalid(field, "must be an array");
      if (value.length > (rules.maxItems ?? Infinity))
        throw tooLarge(field, `${rules.maxItems} entries`);
      if (value.length < (rules.minItems ?? 0)) throw invalid(field, "must not be empty");
      return value.map((item: unknown, index) => items.parse(item, `${field}[${index}]`));
    },
  };
}

/** A shape with a further rule, which throws. */
export function refine<T>(
  shape: Shape<T>,
  description: string,
  check: (value: T, field: string) => void,
): Shape<T> {
  return {
    schema: { ...shape.schema, description },
    parse(value, field) {
      const parsed = shape.parse(value, field);
      check(parsed, field);
      return parsed;
    },
  };
}

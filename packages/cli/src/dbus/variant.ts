/** A value that brings its type along: `v` in a signature. */
export class Variant {
  /** One complete type. */
  readonly signature: string;
  readonly value: Value;

  constructor(signature: string, value: Value) {
    this.signature = signature;
    this.value = value;
  }
}

/**
 * What a body holds: `b` is a boolean, `x` and `t` are bigints, `h` and the other numbers are
 * numbers, `ay` is bytes, a dictionary is a Map, other arrays and structs are arrays.
 */
export type Value =
  | bigint
  | boolean
  | number
  | string
  | Uint8Array
  | Variant
  | readonly Value[]
  | ReadonlyMap<Value, Value>;

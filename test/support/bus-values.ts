import fc from "fast-check";
import { isWellFormed } from "@strongroom/client/protocol";
import { Variant } from "strongroom/src/dbus/variant.ts";
import type { Value } from "strongroom/src/dbus/variant.ts";

/** A signature of one complete type, and a value of it. */
export interface Typed {
  readonly signature: string;
  readonly value: Value;
}

const texts = fc
  .string({ unit: "grapheme", maxLength: 12 })
  .filter((text) => !text.includes("\0") && isWellFormed(text));
const paths = fc
  .array(fc.stringMatching(/^[A-Za-z0-9_]{1,5}$/), { maxLength: 3 })
  .map((parts) => `/${parts.join("/")}`);

function of(signature: string, values: fc.Arbitrary<Value>): fc.Arbitrary<Typed> {
  return values.map((value) => ({ signature, value }));
}

const basic: readonly fc.Arbitrary<Typed>[] = [
  of("y", fc.integer({ min: 0, max: 255 })),
  of("b", fc.boolean()),
  of("n", fc.integer({ min: -32_768, max: 32_767 })),
  of("q", fc.integer({ min: 0, max: 65_535 })),
  of("i", fc.integer()),
  of("u", fc.integer({ min: 0, max: 0xffff_ffff })),
  of("x", fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  of("t", fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  of("d", fc.double({ noNaN: true })),
  of("s", texts),
  of("o", paths),
  of("g", fc.constantFrom("", "a{sv}", "(oayays)")),
];

/** Any value of any type, nested a little. */
export const anyValue: fc.Arbitrary<Typed> = fc.letrec<{ any: Typed }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    ...basic,
    of(
      "ay",
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    ),
    tie("any").map(({ signature, value }) => ({
      signature: "v",
      value: new Variant(signature, value),
    })),
    fc.array(tie("any"), { minLength: 1, maxLength: 3 }).map((fields) => ({
      signature: `(${fields.map(({ signature }) => signature).join("")})`,
      value: fields.map(({ value }) => value),
    })),
    tie("any").map(({ signature, value }) =>
      signature === "y" ? { signature, value } : { signature: `a${signature}`, value: [value] },
    ),
    fc.tuple(fc.array(texts, { maxLength: 3 }), tie("any")).map(([keys, { signature, value }]) => ({
      signature: `a{s${signature}}`,
      value: new Map(keys.map((key) => [key, value])),
    })),
  ),
})).any;

import type { Fenced, LeaseRef } from "./lease-methods.ts";
import { LIMITS } from "./limits.ts";
import type { Encoding, Expect, Metadata, Origin, Repeatable } from "./methods.ts";
import { object, optional } from "./object-shape.ts";
import type { Fields, ObjectShape } from "./object-shape.ts";
import { compilePattern } from "./pattern.ts";
import { integer, invalid, list, oneOf, refine, text, tooLarge } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** A name as it is looked up; the rules for a new one are judged when it is created (`checkName`). */
export const name: Shape<string> = text();
/** A version of a name. */
export const version: Shape<number> = integer(1);
/** A revision of the vault. */
export const revision: Shape<number> = integer(0);
/** Milliseconds since 1970. */
export const time: Shape<number> = integer(0);
/** How a value travels. */
export const encoding: Shape<Encoding> = oneOf("base64", "utf8");

const origin: Shape<Origin> = oneOf("import", "oauth", "renewer", "user");

/** Metadata; as JSON at most 16 KiB. */
export const metadata: Shape<Metadata> = refine(
  object<Metadata>({
    contentType: optional(text()),
    expiresAt: optional(time),
    note: optional(text()),
    origin: optional(origin),
    tags: optional(list(text())),
  }),
  `At most ${LIMITS.metadataBytes} bytes as JSON.`,
  (value, field) => {
    if (Buffer.byteLength(JSON.stringify(value)) > LIMITS.metadataBytes)
      throw tooLarge(field, `${LIMITS.metadataBytes} bytes as JSON`);
  },
);

const absent: ObjectShape<Expect> = object<{ readonly absent: true }>({ absent: oneOf(true) });
const atVersion: ObjectShape<Expect> = object<{ readonly version: number }>({ version });

/** What a mutation demands of its name: `{absent: true}` or `{version: n}`. */
export const expect: Shape<Expect> = {
  schema: { oneOf: [absent.schema, atVersion.schema] },
  parse(value, field) {
    if (typeof value !== "object" || value === null)
      throw invalid(field, "must be {absent: true} or {version: n}");
    return Object.hasOwn(value, "absent")
      ? absent.parse(value, field)
      : atVersion.parse(value, field);
  },
};

/** What names are chosen by. */
export const pattern: Shape<string> = refine(
  text(),
  "Literal text, `*` within a segment, `**` across; at most 8 wildcards.",
  (value) => void compilePattern(value),
);

/** An absolute path, as the system takes it. No control characters: it is shown. */
export const path: Shape<string> = text({
  maxLength: LIMITS.pathCharacters,
  pattern: String.raw`^(?:/|[A-Za-z]:[/\\]|\\\\)\P{C}*$`,
});

/** The fields of a lease that somebody holds. */
export const leaseFields: Fields<LeaseRef> = {
  name,
  token: integer(1, Number.MAX_SAFE_INTEGER),
};

/** What lets a change be made only while a lease holds. */
export const fenced: Fields<Fenced> = { lease: optional(object<LeaseRef>(leaseFields)) };

/** The fields that make a mutation repeatable. */
export const repeatable: Fields<Repeatable> = {
  requestId: optional(text({ minLength: 1, maxLength: 128, pattern: "^[\\x20-\\x7e]*$" })),
  seen: optional(revision),
};

/** The fields of a value; its size counts decoded. Both together are judged by `checkValue`. */
export const valueFields: Fields<{ readonly value: string; readonly encoding?: Encoding }> = {
  value: text(),
  encoding: optional(encoding),
};

/** Holds a value to its encoding and to 1 MiB decoded; `base64` is padded and canonical. */
export function checkValue(
  { value, encoding: as }: { readonly value: string; readonly encoding?: Encoding },
  field: string,
): void {
  const named = field === "params" ? "value" : `${field}.value`;
  const bytes = as === "base64" ? decodedLength(value) : Buffer.byteLength(value);
  if (bytes > LIMITS.valueBytes) throw tooLarge(named, `${LIMITS.valueBytes} bytes`);
  // Node decodes whatever it is given; only the way back shows that nothing was skipped.
  if (as === "base64" && Buffer.from(value, "base64").toString("base64") !== value)
    throw invalid(named, "must be base64 with padding (RFC 4648 section 4)");
}

function decodedLength(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return Math.floor((base64.length * 3) / 4) - padding;
}

import { shellWord, StrongroomError } from "@strongroom/client/protocol";

/**
 * A part of a value that is JSON: text as it is, anything else as JSON writes it. `NOT_FOUND` where
 * there is no such part; no message holds anything of the value.
 */
export function fieldOf(
  value: Buffer,
  field: string,
  { name, shown }: { readonly name: string; readonly shown: string },
): Buffer {
  let found: unknown;
  try {
    found = JSON.parse(value.toString());
  } catch {
    throw new StrongroomError("INVALID", `${shown}: the secret is not JSON, and has no fields`, {
      hint: `leave out the field, or store it as JSON: strongroom set ${shellWord(name)}`,
    });
  }
  for (const member of path(field)) found = memberOf(found, member);
  if (found === undefined || found === null) {
    throw new StrongroomError("NOT_FOUND", `${shown}: the secret has no such field`, {
      hint: `strongroom diff ${shellWord(name)} shows the fields`,
    });
  }
  return Buffer.from(typeof found === "string" ? found : JSON.stringify(found));
}

function path(field: string): readonly string[] {
  if (!field.startsWith("/")) return [field];
  // RFC 6901 section 4: ~1 before ~0.
  return field
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function memberOf(value: unknown, member: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value) && !/^(?:0|[1-9]\d*)$/u.test(member)) return undefined;
  return Object.hasOwn(value, member)
    ? (value as { [member: string]: unknown })[member]
    : undefined;
}

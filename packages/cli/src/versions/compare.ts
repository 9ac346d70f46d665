/** How a part of a value is in two versions; lengths in bytes, never what is in it. */
export interface Difference {
  /** The field of a JSON object; `(value)` = the value as a whole. */
  readonly field: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly isChanged: boolean;
}

/** Compares two values: field by field where both are JSON objects, else as a whole. */
export function compare(before: Buffer, after: Buffer): Difference[] {
  const [old, fresh] = [fieldsOf(before), fieldsOf(after)];
  if (old === undefined || fresh === undefined) {
    return [difference("(value)", before.toString("latin1"), after.toString("latin1"), "latin1")];
  }
  const names = [...new Set([...old.keys(), ...fresh.keys()])].toSorted();
  return names.map((name) => difference(name, old.get(name), fresh.get(name)));
}

function difference(
  field: string,
  before: string | undefined,
  after: string | undefined,
  encoding: BufferEncoding = "utf8",
): Difference {
  const length = (part: string | undefined): number | undefined =>
    part === undefined ? undefined : Buffer.byteLength(part, encoding);
  return { field, before: length(before), after: length(after), isChanged: before !== after };
}

function fieldsOf(value: Buffer): Map<string, string> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.toString());
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
  return new Map(Object.entries(parsed).map(([name, each]) => [name, text(each)]));
}

function text(each: unknown): string {
  return typeof each === "string" ? each : JSON.stringify(each);
}

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
    return [whole(before, after)];
  }
  const names = [...new Set([...old.keys(), ...fresh.keys()])].toSorted();
  const fields = names.map((name) => difference(name, old.get(name), fresh.get(name)));
  const isSame = fields.every(({ isChanged }) => !isChanged) && !before.equals(after);
  // In their order, say, or in the space between them.
  return isSame ? [...fields, whole(before, after)] : fields;
}

function whole(before: Buffer, after: Buffer): Difference {
  return {
    field: "(value)",
    before: before.length,
    after: after.length,
    isChanged: !before.equals(after),
  };
}

/** Of JSON: a text and the number of the same letters are not the same. */
function difference(
  field: string,
  before: string | undefined,
  after: string | undefined,
): Difference {
  return { field, before: lengthOf(before), after: lengthOf(after), isChanged: before !== after };
}

function lengthOf(json: string | undefined): number | undefined {
  if (json === undefined) return undefined;
  const value: unknown = JSON.parse(json);
  return Buffer.byteLength(typeof value === "string" ? value : json);
}

function fieldsOf(value: Buffer): Map<string, string> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.toString());
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
  return new Map(Object.entries(parsed).map(([name, each]) => [name, JSON.stringify(each)]));
}

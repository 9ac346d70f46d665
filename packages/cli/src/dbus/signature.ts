import { DBusError } from "./failure.ts";

/** One complete type: its code, and what an array, a struct or an entry of a dictionary holds. */
export interface Type {
  readonly code: string;
  readonly of: readonly Type[];
}

const BASIC = "ybnqiuxtdsogh";
const MOST_CHARACTERS = 255;
const DEEPEST = 32;
/** What makes the elements of these begin at a multiple of so many bytes. */
const ALIGNMENTS: { readonly [code: string]: number } = {
  n: 2,
  q: 2,
  a: 4,
  b: 4,
  h: 4,
  i: 4,
  o: 4,
  s: 4,
  u: 4,
  d: 8,
  t: 8,
  x: 8,
  "(": 8,
  "{": 8,
};

const parsed = new Map<string, readonly Type[]>();
const MOST_PARSED = 256;

/**
 * The complete types of a signature, by the rules of the D-Bus specification: at most 255
 * characters, arrays and structs at most 32 deep, dictionaries only in arrays. Throws
 * `InvalidSignature`.
 */
export function parseSignature(text: string): readonly Type[] {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  if (text.length > MOST_CHARACTERS) throw malformed();
  const types: Type[] = [];
  for (let at = 0; at < text.length;) {
    const [type, next] = typeAt(text, at, 0, 0);
    types.push(type);
    at = next;
  }
  if (parsed.size < MOST_PARSED) parsed.set(text, types);
  return types;
}

/** At a multiple of how many bytes a value of that type begins. */
export function alignmentOf({ code }: Type): number {
  return ALIGNMENTS[code] ?? 1;
}

function typeAt(text: string, at: number, arrays: number, structs: number): [Type, number] {
  const code = text[at] ?? "";
  if (code === "v" || (code !== "" && BASIC.includes(code))) return [{ code, of: [] }, at + 1];
  if (arrays + 1 > DEEPEST || structs + 1 > DEEPEST) throw malformed();
  if (code === "a") {
    if (text[at + 1] === "{") {
      const [entry, end] = entryAt(text, at + 1, arrays + 1, structs + 1);
      return [{ code, of: [entry] }, end];
    }
    const [element, next] = typeAt(text, at + 1, arrays + 1, structs);
    return [{ code, of: [element] }, next];
  }
  if (code !== "(") throw malformed();
  const fields: Type[] = [];
  let next = at + 1;
  while (text[next] !== ")") {
    const [field, behind] = typeAt(text, next, arrays, structs + 1);
    fields.push(field);
    next = behind;
  }
  if (fields.length === 0) throw malformed();
  return [{ code, of: fields }, next + 1];
}

function entryAt(text: string, at: number, arrays: number, structs: number): [Type, number] {
  const key = text[at + 1] ?? "";
  if (key === "" || !BASIC.includes(key)) throw malformed();
  const [value, next] = typeAt(text, at + 2, arrays, structs);
  if (text[next] !== "}") throw malformed();
  return [{ code: "{", of: [{ code: key, of: [] }, value] }, next + 1];
}

function malformed(): DBusError {
  return new DBusError("org.freedesktop.DBus.Error.InvalidSignature", "no valid signature");
}

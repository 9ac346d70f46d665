import { parse } from "dotenv";
import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import type { Metadata } from "@strongroom/client/protocol";
import { isReference } from "../references/reference.ts";
import { linesOf } from "./dotenv-lines.ts";
import type { Line } from "./dotenv-lines.ts";
import type { Found, Item } from "./found.ts";
import { membersOf } from "./json-members.ts";
import type { Member } from "./json-members.ts";
import { corrupt, isObject, newer, parseSource } from "./source-file.ts";
import { base64Of, bytesOf, halfCharacter, readText } from "./source-text.ts";

/** So many lines that are none are named, then counted. */
const MOST_LINES = 10;

/**
 * A .env file: its variables by their names; references stay where they are. Lines that are no
 * variable are named by their numbers.
 */
export async function readDotenv(path: string): Promise<Found> {
  const text = readText(path);
  const lines = someLines(text, path);
  const variables = new Map(Object.entries(parsed(text, path)));
  const isReferring = (name: string): boolean => isReference(variables.get(name) ?? "");
  const items = [...variables]
    .filter(([name]) => !isReferring(name))
    .map(([name, value]) => ({ name, value: Buffer.from(value) }));
  const names = lines.flatMap(({ name }) => name ?? []);
  const strange = lines.filter(({ name }) => name === undefined || !variables.has(name));
  const remarks = [
    ...[...variables.keys()]
      .filter(isReferring)
      .map((name) => `${name} is a reference, and is left out`),
    ...repeated(names),
    ...strange
      .slice(0, MOST_LINES)
      .map(({ number }) => `line ${number} is no variable, and is left out`),
  ];
  const more = strange.length - MOST_LINES;
  if (more > 0) remarks.push(`${more} more lines are no variables, and are left out`);
  return { items, credentials: [], remarks };
}

/** Before all of them are looked for, which takes longer than anybody waits. */
function someLines(text: string, path: string): Line[] {
  const lines: Line[] = [];
  for (const line of linesOf(text)) {
    if (lines.push(line) > LIMITS.secrets) {
      throw tooLarge(path, `it has more than ${LIMITS.secrets} variables`);
    }
  }
  return lines;
}

function parsed(text: string, path: string): { readonly [name: string]: string } {
  try {
    return parse(text);
  } catch {
    // It looks for the end of a quoted value by recursion.
    throw tooLarge(path, "a value in it is too long to be read");
  }
}

function tooLarge(path: string, why: string): StrongroomError {
  return new StrongroomError("TOO_LARGE", `${path}: ${why}`, {
    hint: "split what is in it, or import a smaller one",
  });
}

function repeated(names: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set(names.filter((name) => seen.size === seen.add(name).size));
  return [...twice].map((name) => `${name} is there twice; the last one counts`);
}

/** JSON: an object of names and values, or what `strongroom export --format json` writes. */
export async function readJson(path: string): Promise<Found> {
  return jsonOf(readText(path), path);
}

/** What such JSON holds. */
export function jsonOf(text: string, path: string): Found {
  const { schema, secrets } = parseSource(text, path);
  if (!Array.isArray(secrets)) return ofPairs(membersOf(text));
  if (schema !== 1) throw newer(path, "its schema");
  const entries = secrets.map((each) => ofEntry(each, path));
  return {
    items: entries.filter((each) => typeof each !== "string"),
    credentials: [],
    remarks: entries.filter((each) => typeof each === "string"),
  };
}

/** A text is its letters; all else is what is written there. */
function ofPairs(members: readonly Member[]): Found {
  const values = new Map(members.map(({ name, source }) => [name, source]));
  const items: Item[] = [];
  const remarks = repeated(members.map(({ name }) => name));
  for (const [name, source] of values) {
    const value = bytesOf(source.startsWith('"') ? (JSON.parse(source) as string) : source);
    if (value === undefined) remarks.push(halfCharacter(name));
    else items.push({ name, value });
  }
  return { items, credentials: [], remarks };
}

function ofEntry(each: unknown, path: string): Item | string {
  if (!isObject(each)) throw corrupt(path, "a secret in it is no object");
  const { encoding = "utf8", metadata, name, updatedAt, value } = each;
  if (typeof name !== "string" || typeof value !== "string")
    throw corrupt(path, "a secret has no name or value");
  const quoted = JSON.stringify(name);
  if (encoding !== "utf8" && encoding !== "base64") throw newer(path, `the encoding of ${quoted}`);
  const bytes = encoding === "base64" ? base64Of(value) : bytesOf(value);
  if (bytes === undefined && encoding === "utf8") return halfCharacter(name);
  if (bytes === undefined) throw corrupt(path, `the value of ${quoted} is no base64`);
  const { origin: _, ...kept } = (isObject(metadata) ? metadata : {}) as Metadata;
  return {
    name,
    value: bytes,
    metadata: kept,
    ...(typeof updatedAt === "number" ? { updatedAt } : {}),
  };
}

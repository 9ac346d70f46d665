/** A member of an object in a text: where its key begins, and its value. */
export interface Member {
  readonly key: string;
  readonly at: number;
  readonly value: Value;
}

/** A value in a text: where it begins and ends, and what it has when it is an object. */
export interface Value {
  readonly at: number;
  readonly end: number;
  readonly members?: readonly Member[];
}

const MOST_DEPTH = 64;
const SCALAR = /-?\d[\d.eE+-]*|true|false|null/uy;
const TEXT = /"(?:[^"\\\n]|\\[^\n])*"/uy;
/** White space, and the comments that some tools take. */
const SPACE = /(?:[\s\uFEFF]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/uy;

/** Reads JSON, with comments and commas at ends as some tools take them; undefined for what is none. */
export function scanJson(text: string): Value | undefined {
  try {
    const value = valueAt(text, space(text, 0), 0);
    return space(text, value.end) === text.length ? value : undefined;
  } catch (error) {
    if (error instanceof NoJson) return undefined;
    throw error;
  }
}

/** The last of its members of that key: the one that counts. */
export function memberOf(value: Value | undefined, key: string): Member | undefined {
  return value?.members?.findLast((member) => member.key === key);
}

/** Where it goes on behind the comma that follows a value at `end`, comments in between included. */
export function behindComma(text: string, end: number): number {
  const comma = space(text, end);
  return text[comma] === "," ? comma + 1 : end;
}

class NoJson extends Error {}

function valueAt(text: string, at: number, depth: number): Value {
  if (depth > MOST_DEPTH) throw new NoJson();
  if (text[at] === "{") return objectAt(text, at, depth);
  if (text[at] === "[") return arrayAt(text, at, depth);
  return { at, end: match(text[at] === '"' ? TEXT : SCALAR, text, at) };
}

function objectAt(text: string, at: number, depth: number): Value {
  const members: Member[] = [];
  let next = space(text, at + 1);
  while (text[next] !== "}") {
    const key = { at: next, end: match(TEXT, text, next) };
    const colon = space(text, key.end);
    if (text[colon] !== ":") throw new NoJson();
    const value = valueAt(text, space(text, colon + 1), depth + 1);
    members.push({ key: textOf(text, key), at: key.at, value });
    next = nextAt(text, value.end, "}");
  }
  return { at, end: next + 1, members };
}

function arrayAt(text: string, at: number, depth: number): Value {
  let next = space(text, at + 1);
  while (text[next] !== "]") {
    const value = valueAt(text, next, depth + 1);
    next = nextAt(text, value.end, "]");
  }
  return { at, end: next + 1 };
}

function nextAt(text: string, at: number, end: string): number {
  const next = space(text, at);
  if (text[next] === ",") return space(text, next + 1);
  if (text[next] === end) return next;
  throw new NoJson();
}

function textOf(text: string, { at, end }: Value): string {
  try {
    return String(JSON.parse(text.slice(at, end)));
  } catch {
    throw new NoJson();
  }
}

function space(text: string, at: number): number {
  return match(SPACE, text, at);
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  if (!pattern.test(text)) throw new NoJson();
  return pattern.lastIndex;
}

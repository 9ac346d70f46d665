import { StrongroomError } from "./errors.ts";
import { LIMITS } from "./limits.ts";

type Piece = { readonly literal: string } | { readonly crosses: boolean };

const MAX_BYTES = 1024;

/** Places in a name as runs, ascending and apart: the first and the last place of each. */
type Runs = readonly (readonly [from: number, to: number])[];

/**
 * Compiles a pattern: literal bytes, `*` for any run within a segment, `**` for any run.
 * Throws `INVALID` for more than 8 wildcards. There is no backtracking: of the places that a
 * wildcard reaches only runs are kept, at most one a segment, and a literal is looked for once in
 * each, so that a hundred thousand long names are matched in a moment.
 */
export function compilePattern(pattern: string): (name: string) => boolean {
  const pieces = split(pattern);
  const [first] = pieces;
  if (first === undefined) return (name) => name === "";
  if (pieces.length === 1 && "literal" in first) return (name) => name === first.literal;
  return (name) => {
    let runs: Runs = [[0, 0]];
    for (const [index, piece] of pieces.entries()) {
      if (!("literal" in piece)) runs = piece.crosses ? onward(name, runs) : within(name, runs);
      else if (index === pieces.length - 1) return endsIn(piece.literal, name, runs);
      else runs = after(piece.literal, name, runs);
      if (runs.length === 0) return false;
    }
    return runs.at(-1)?.[1] === name.length;
  };
}

/**
 * Whether whatever the inner pattern matches the outer one matches too, seen by its text: a
 * wildcard of the inner one must stand for a part of what one of the outer one stands for. So
 * `false` may be said of patterns that are within, and never `true` of such that are not.
 */
export function coversPattern(outer: string, inner: string): boolean {
  const has = tokens(outer);
  let reached = new Uint8Array(has.length + 1);
  reached[0] = 1;
  passWildcards(has, reached);
  for (const want of tokens(inner)) {
    const next = new Uint8Array(has.length + 1);
    for (let at = 0; at < has.length; at += 1) {
      if (reached[at] === 0) continue;
      const token = has[at];
      if (token === "**" || (token === "*" && want !== "/" && want !== "**")) next[at] = 1;
      else if (token === want && token !== "*") next[at + 1] = 1;
    }
    passWildcards(has, next);
    if (!next.includes(1)) return false;
    reached = next;
  }
  return reached[has.length] === 1;
}

function tokens(pattern: string): readonly string[] {
  return split(pattern).flatMap((piece) =>
    "literal" in piece ? piece.literal.split("") : [piece.crosses ? "**" : "*"],
  );
}

/** A wildcard may stand for nothing. */
function passWildcards(has: readonly string[], reached: Uint8Array): void {
  for (let at = 0; at < has.length; at += 1) {
    if (reached[at] === 1 && (has[at] === "*" || has[at] === "**")) reached[at + 1] = 1;
  }
}

function split(pattern: string): Piece[] {
  if (Buffer.byteLength(pattern) > MAX_BYTES)
    throw new StrongroomError("INVALID", `the pattern must not be longer than ${MAX_BYTES} bytes`);
  const pieces: Piece[] = [];
  let wildcards = 0;
  for (let at = 0; at < pattern.length;) {
    const star = pattern.indexOf("*", at);
    if (star === at) {
      const crosses = pattern[at + 1] === "*";
      pieces.push({ crosses });
      wildcards += 1;
      at += crosses ? 2 : 1;
    } else {
      const end = star === -1 ? pattern.length : star;
      pieces.push({ literal: pattern.slice(at, end) });
      at = end;
    }
  }
  if (wildcards > LIMITS.patternWildcards)
    throw new StrongroomError(
      "INVALID",
      `the pattern must not have more than ${LIMITS.patternWildcards} wildcards`,
    );
  return pieces;
}

/** The places behind the literal: of those in one segment the first, for a wildcard follows. */
function after(literal: string, name: string, runs: Runs): Runs {
  if (runs[0]?.[1] === 0) return name.startsWith(literal) ? [[literal.length, literal.length]] : [];
  const reached: [number, number][] = [];
  let next = 0;
  for (const [from, to] of runs) {
    next = Math.max(next, from);
    while (next <= to) {
      const found = name.indexOf(literal, next);
      if (found === -1) return reached;
      next = found;
      if (found > to) break;
      const end = found + literal.length;
      reached.push([end, end]);
      next = Math.max(found + 1, endOfSegment(name, end) + 1 - literal.length);
    }
  }
  return reached;
}

function endsIn(literal: string, name: string, runs: Runs): boolean {
  const at = name.length - literal.length;
  return name.endsWith(literal) && runs.some(([from, to]) => from <= at && at <= to);
}

/** What `**` reaches. */
function onward(name: string, [first]: Runs): Runs {
  return first === undefined ? [] : [[first[0], name.length]];
}

/** What `*` reaches. */
function within(name: string, runs: Runs): Runs {
  const reached: [number, number][] = [];
  for (const [from, to] of runs) {
    const end = endOfSegment(name, to);
    const last = reached.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = end;
    else reached.push([from, end]);
  }
  return reached;
}

function endOfSegment(name: string, from: number): number {
  const slash = name.indexOf("/", from);
  return slash === -1 ? name.length : slash;
}

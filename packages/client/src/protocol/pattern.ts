import { StrongroomError } from "./errors.ts";
import { LIMITS } from "./limits.ts";

type Piece = { readonly literal: string } | { readonly crosses: boolean };

const MAX_BYTES = 1024;

/**
 * Compiles a pattern: literal bytes, `*` for any run within a segment, `**` for any run.
 * Throws `INVALID` for more than 8 wildcards. The cost of a match is at most the length of the
 * name times the number of wildcards times the longest literal: there is no backtracking.
 */
export function compilePattern(pattern: string): (name: string) => boolean {
  const pieces = split(pattern);
  const [first, ...rest] = pieces;
  if (first === undefined) return (name) => name === "";
  if (rest.length === 0 && "literal" in first) return (name) => name === first.literal;
  return (name) => {
    // Most names of a vault fail at the first literal; only the others pay for the positions.
    if ("literal" in first && !name.startsWith(first.literal)) return false;
    let positions: readonly number[] = [0];
    for (const piece of pieces) {
      positions =
        "literal" in piece
          ? after(piece.literal, name, positions)
          : within(piece.crosses, name, positions);
      if (positions.length === 0) return false;
    }
    return positions.at(-1) === name.length;
  };
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

/** The ascending positions behind the literal, from those before it. */
function after(literal: string, name: string, positions: readonly number[]): number[] {
  const reached: number[] = [];
  for (const position of positions)
    if (name.startsWith(literal, position)) reached.push(position + literal.length);
  return reached;
}

/** The ascending positions that a wildcard reaches, from those before it. */
function within(crosses: boolean, name: string, positions: readonly number[]): number[] {
  const reached: number[] = [];
  let next = 0;
  for (const position of positions) {
    if (position < next) continue; // the run of an earlier position went over this one
    for (let at = position; at <= name.length; at += 1) {
      reached.push(at);
      next = at + 1;
      if (!crosses && name[at] === "/") break;
    }
  }
  return reached;
}

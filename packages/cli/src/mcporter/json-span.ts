/** Where a value stands in a text: from its first letter to behind its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/gu;

/**
 * Where the value stands that `path` leads to in a text which `JSON.parse` takes, by the names of
 * members; the last of a name counts, as it does there. Undefined where there is none.
 */
export function spanOf(text: string, path: readonly string[]): Span | undefined {
  const tokens = [...text.matchAll(TOKEN)];
  let found: Span | undefined;
  // How deep it stands, and how many members of the path it stands in.
  let [depth, inside] = [0, 0];
  let start: number | undefined;
  for (const [at, [token]] of tokens.entries()) {
    if (start !== undefined && depth === path.length && (token === "," || token === "}")) {
      const last = tokens[at - 1];
      found = { start, end: (last?.index ?? 0) + (last?.[0].length ?? 0) };
      start = undefined;
    }
    if (token === "{" || token === "[") depth += 1;
    if (token === "}" || token === "]") depth -= 1;
    inside = Math.min(inside, Math.max(0, depth - (token === "," ? 1 : 0)));
    if (token !== ":" || depth !== inside + 1 || inside >= path.length) continue;
    const name = tokens[at - 1]?.[0] ?? '""';
    if (JSON.parse(name) !== path[inside]) continue;
    const value = tokens[at + 1];
    // One of the same name before this one counts for nothing.
    found = undefined;
    if (depth === path.length) start = value?.index;
    else if (value?.[0] === "{") inside += 1;
  }
  return found;
}

/**
 * A text with another value where `path` leads, indented as mcporter does where that has lines; all
 * else stays as it is, numbers and the order of names, too. The same text where nothing is there.
 */
export function withValue(text: string, path: readonly string[], value: unknown): string {
  const span = spanOf(text, path);
  if (span === undefined) return text;
  const lines = JSON.stringify(value, undefined, text.includes("\n") ? 2 : 0);
  const fresh = lines.replaceAll("\n", `\n${"  ".repeat(path.length)}`);
  return text.slice(0, span.start) + fresh + text.slice(span.end);
}

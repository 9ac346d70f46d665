import { spliceOf } from "./splice.ts";

/** What may stand beside a change in its line: a key, and the signs around it. */
const PLAIN_BEFORE = /^[\s{}[\],-]*(?:(["']?)[\w .@:/-]+\1\s*[:=]\s*)?["']?[^"':={}[\]]{0,80}$/u;
const PLAIN_BEHIND = /^[^"'=:]{0,80}["']?[\s{}[\],]*$/u;

/**
 * How two texts of a file differ, as a unified diff of one hunk and no lines around it: those may
 * hold values, and so what else stands in a changed line is left out where it is more than a key.
 * Empty when they are the same.
 */
export function unifiedDiff(
  before: string | undefined,
  after: string | undefined,
  file: string,
): string {
  const [old, fresh] = [linesOf(before ?? ""), linesOf(after ?? "")];
  const shorter = Math.min(old.length, fresh.length);
  let at = 0;
  while (at < shorter && old[at] === fresh[at]) at += 1;
  let end = 0;
  while (end < shorter - at && old.at(-1 - end) === fresh.at(-1 - end)) end += 1;
  const removed = old.slice(at, old.length - end);
  const added = fresh.slice(at, fresh.length - end);
  if (removed.length + added.length === 0) return "";
  const [shownRemoved, shownAdded] = concealed(removed.join(""), added.join(""));
  return [
    `--- ${before === undefined ? "/dev/null" : file}`,
    `+++ ${after === undefined ? "/dev/null" : file}`,
    `@@ -${range(at, removed.length)} +${range(at, added.length)} @@`,
    ...marked("-", shownRemoved),
    ...marked("+", shownAdded),
    "",
  ].join("\n");
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
}

/** In a hunk without lines on one side its number is that of the line before. */
function range(at: number, count: number): string {
  return `${count === 0 ? at : at + 1},${count}`;
}

function marked(sign: string, text: string): string[] {
  return linesOf(text).map((line) =>
    line.endsWith("\n")
      ? `${sign}${line.slice(0, -1)}`
      : `${sign}${line}\n\\ No newline at end of file`,
  );
}

function concealed(removed: string, added: string): [string, string] {
  if (removed === "" || added === "") return [removed, added];
  const { at, inserted, removed: gone } = spliceOf(removed, added);
  const before = added.slice(0, at);
  const behind = added.slice(at + inserted.length);
  const shownBefore = PLAIN_BEFORE.test(before) ? before : "…";
  const isPlain = PLAIN_BEHIND.test(behind.replace(/\r?\n$/u, ""));
  const shownBehind = isPlain ? behind : `…${behind.endsWith("\n") ? "\n" : ""}`;
  return [shownBefore + gone + shownBehind, shownBefore + inserted + shownBehind];
}

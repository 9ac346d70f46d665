import type { Part } from "./tool.ts";

/** A table of a TOML text: its name, and where its header line and its body are. */
export interface Table {
  readonly name: readonly string[];
  readonly at: number;
  readonly body: number;
  readonly end: number;
}

/** Skipped as one: comments, texts of all four kinds. */
const SKIPPED = /#[^\n]*|"""(?:[^\\]|\\[\s\S])*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/uy;
const HEADER = /[ \t]*\[(?!\[)([^\]\n]+)\][ \t]*(?:#[^\n]*)?(?:\r?\n|$)/uy;
const ARRAY_HEADER = /[ \t]*\[\[([^\]\n]+)\]\][^\n]*(?:\n|$)/uy;
const NAME = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([\w-]+))\s*(?:\.|$)/uy;

/** A whole table of TOML: its lines. It is put behind the table that it belongs to. */
export function tomlPart(name: readonly string[]): Part {
  const label = `[${name.map(keyText).join(".")}]`;
  return {
    label,
    read: (text) => {
      const table = tableOf(text, name);
      return table === undefined ? undefined : text.slice(table.body, table.end).trim();
    },
    put: (text, value) => {
      const table = tableOf(text, name);
      if (table !== undefined) {
        const [begin, put] = value === undefined ? [table.at, ""] : [table.body, value];
        const kept = text.slice(0, begin);
        return (value === undefined ? kept.trimEnd() : kept) + put + text.slice(table.end);
      }
      if (value === undefined) return text;
      const above = tableOf(text, name.slice(0, -1));
      const before = above === undefined ? text.trimEnd() : text.slice(0, above.end);
      const line = text.includes("\r\n") ? "\r\n" : "\n";
      const behind = text.slice(before.length);
      return `${before}${line}${line}${label}${line}${value}${behind === "" ? line : behind}`;
    },
  };
}

/** The table of a name, header line and body; undefined when it has no header of its own. */
export function tableOf(text: string, name: readonly string[]): Table | undefined {
  return tablesOf(text).find((table) => table.name.join("\n") === name.join("\n"));
}

/** The keys that a table has itself, the first part of dotted ones. */
export function keysOf(text: string, { body, end }: Table): readonly string[] {
  return text
    .slice(body, end)
    .split("\n")
    .flatMap((line) => /^\s*["']?([\w-]+)["']?\s*[.=]/u.exec(line)?.[1] ?? []);
}

/** A text as TOML has it. */
export function tomlText(value: string): string {
  return JSON.stringify(value).replaceAll("\u007F", String.raw`\u007F`);
}

function keyText(key: string): string {
  return /^[\w-]+$/u.test(key) ? key : tomlText(key);
}

function tablesOf(text: string): Table[] {
  const found: { name: string[]; at: number; body: number }[] = [];
  let [at, depth, isLineStart] = [0, 0, true];
  while (at < text.length) {
    const header = isLineStart && depth === 0 ? headerAt(text, at) : undefined;
    if (header !== undefined) {
      found.push({ name: header.name, at, body: header.end });
      at = header.end;
      continue;
    }
    const skipped = matchAt(SKIPPED, text, at);
    const letter = text[at];
    if (skipped === undefined && (letter === "[" || letter === "{")) depth += 1;
    if (skipped === undefined && (letter === "]" || letter === "}")) depth -= 1;
    isLineStart = skipped === undefined && letter === "\n";
    at += skipped?.[0].length ?? 1;
  }
  return found.map((table, index) => {
    const body = text.slice(table.body, found[index + 1]?.at);
    return { ...table, end: table.body + saidIn(body) };
  });
}

/** How far it says something: blank lines and comments at its end are about what comes next. */
function saidIn(body: string): number {
  const lines = body.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
  const last = lines.findLastIndex((line) => !/^\s*(?:#.*)?$/u.test(line.trimEnd()));
  return lines
    .slice(0, last + 1)
    .join("")
    .trimEnd().length;
}

function headerAt(text: string, at: number): { name: string[]; end: number } | undefined {
  const header = matchAt(HEADER, text, at) ?? matchAt(ARRAY_HEADER, text, at);
  if (header === undefined) return undefined;
  return { name: namesIn(header[1] ?? ""), end: at + header[0].length };
}

function namesIn(header: string): string[] {
  const names: string[] = [];
  for (let at = 0; at < header.length;) {
    const part = matchAt(NAME, header, at);
    if (part === undefined) return [];
    names.push(part[1] ?? part[2] ?? part[3] ?? "");
    at += part[0].length;
  }
  return names;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

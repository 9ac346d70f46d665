import type { Part } from "./tool.ts";

interface Line {
  readonly at: number;
  readonly end: number;
  readonly text: string;
}

/** A key in a section of a file of lines `key = value` below `[section]`, as AWS writes it. */
export function iniPart(section: string, key: string): Part {
  return {
    label: `${key} of [${section}]`,
    read: (text) => {
      const found = lineOf(text, section, key);
      return found === undefined ? undefined : valueOf(found.text);
    },
    put: (text, value) => {
      const found = lineOf(text, section, key);
      if (value === undefined) return found === undefined ? text : without(text, section, found);
      if (found !== undefined) {
        const begin = found.at + found.text.indexOf("=") + 1;
        const end = found.at + found.text.trimEnd().length;
        return `${text.slice(0, begin)} ${value}${text.slice(Math.max(begin, end))}`;
      }
      return added(text, section, `${key} = ${value}`);
    },
  };
}

/** The keys of a section. */
export function keysIn(text: string, section: string): readonly string[] {
  return (bodyOf(text, section) ?? []).flatMap((line) => keyOf(line.text) ?? []);
}

function added(text: string, section: string, entry: string): string {
  const line = text.includes("\r\n") ? "\r\n" : "\n";
  const header = linesOf(text).find((each) => sectionOf(each.text) === section);
  if (header !== undefined) {
    const isWhole = text.slice(0, header.end).endsWith("\n");
    return `${text.slice(0, header.end)}${isWhole ? "" : line}${entry}${line}${text.slice(header.end)}`;
  }
  const gap = text === "" ? "" : text.endsWith("\n") ? line : line + line;
  return `${text}${gap}[${section}]${line}${entry}${line}`;
}

/** With the section's own line when nothing else is below it. */
function without(text: string, section: string, { at, end }: Line): string {
  const body = bodyOf(text, section) ?? [];
  const isAlone = body.every((line) => line.at === at || line.text.trim() === "");
  const header = linesOf(text).find((each) => sectionOf(each.text) === section);
  const begin = isAlone && header !== undefined ? header.at : at;
  return text.slice(0, begin) + text.slice(end);
}

function lineOf(text: string, section: string, key: string): Line | undefined {
  return bodyOf(text, section)?.findLast((line) => keyOf(line.text) === key);
}

function bodyOf(text: string, section: string): Line[] | undefined {
  const lines = linesOf(text);
  const header = lines.findIndex((line) => sectionOf(line.text) === section);
  if (header === -1) return undefined;
  const next = lines.findIndex((line, at) => at > header && sectionOf(line.text) !== undefined);
  return lines.slice(header + 1, next === -1 ? undefined : next);
}

/** `[profile "x"]` and `[profile  x]` are one. */
function sectionOf(line: string): string | undefined {
  const name = /^\[([^\]]*)\]/u.exec(line)?.[1];
  return name?.replaceAll(/["']/gu, "").trim().replaceAll(/\s+/gu, " ");
}

/** What is indented belongs to the line above. */
function keyOf(line: string): string | undefined {
  return /^([^\s#;=[][^=]*?)\s*=/u.exec(line)?.[1];
}

function valueOf(line: string): string {
  return line.slice(line.indexOf("=") + 1).trim();
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (const { 0: found, index } of text.matchAll(/[^\n]*\n|[^\n]+$/gu)) {
    lines.push({ at: index, end: index + found.length, text: found.replace(/\r?\n$/u, "") });
  }
  return lines;
}

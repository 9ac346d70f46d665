import { StrongroomError } from "@strongroom/client/protocol";
import { parseReference } from "../references/reference.ts";
import type { Wanted } from "../references/resolve.ts";
import { isFilter } from "./filters.ts";
import type { Filter } from "./filters.ts";

/** Text as it is, or a place for a value, with what is done to it on its way. */
export type Part = Buffer | Place;

/** A place for a value. */
export interface Place extends Wanted {
  readonly filters: readonly Filter[];
}

// Of bytes, a letter each: all but a place stays as it is, whatever it is encoded in.
const PLACE =
  /\{\{[ \t-\r]*(strongroom:\/\/[^ \t-\r|}]*)((?:[ \t-\r]*\|[ \t-\r]*[a-z0-9]+)*)[ \t-\r]*\}\}/gu;
const BEGUN = /\{\{[-~\s"'`\u0080-\u00ff]*strongroom:/u;

/**
 * Takes a template apart: `{{ strongroom://NAME | FILTER }}` are places, all else is text, other
 * braces too. A place that cannot be read is `INVALID`, naming its line.
 */
export function parseTemplate(bytes: Buffer): Part[] {
  const template = bytes.toString("latin1");
  const parts: Part[] = [];
  let at = 0;
  for (const match of template.matchAll(PLACE)) {
    const { 0: whole, 1: text = "", 2: pipes = "", index } = match;
    parts.push(plain(template.slice(at, index), lineOf(template, at)));
    const where = `line ${lineOf(template, index)}`;
    const reference = parseReference(Buffer.from(text, "latin1").toString(), where);
    parts.push({ reference, where, filters: filtersOf(pipes, where) });
    at = index + whole.length;
  }
  parts.push(plain(template.slice(at), lineOf(template, at)));
  return parts;
}

function plain(text: string, line: number): Buffer {
  const begun = BEGUN.exec(text);
  if (begun === null) return Buffer.from(text, "latin1");
  throw wrong(`line ${line + lineOf(text, begun.index) - 1}: a place is not closed, or not right`);
}

function filtersOf(pipes: string, where: string): Filter[] {
  const names = pipes.split("|").slice(1);
  return names.map((name) => {
    const filter = name.trim();
    if (isFilter(filter)) return filter;
    throw wrong(`${where}: there is no filter ${filter}: base64, json, shellquote, urlencode`);
  });
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

function wrong(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, { hint: "strongroom help inject" });
}

import { StrongroomError } from "@strongroom/client/protocol";
import { behindComma, memberOf, scanJson } from "./json-scan.ts";
import type { Member, Value } from "./json-scan.ts";
import type { Part } from "./tool.ts";

/**
 * A text at a path of keys in JSON, for a tool of this name. Comments, order and white space stay.
 * What it is read as is the JSON of whatever stands there; a text is put there as JSON, too.
 */
export function jsonPart(path: readonly string[], label: string): Part {
  return {
    label,
    read: (text) => {
      const found = path.reduce(
        (value: Value | undefined, key) => memberOf(value, key)?.value,
        wholeOf(text),
      );
      return found === undefined ? undefined : text.slice(found.at, found.end);
    },
    put: (text, value) => {
      wholeOf(text);
      if (value === undefined) return taken(text, path);
      const whole = text.trim() === "" ? "{}\n" : text;
      return placed(whole, path, value);
    },
  };
}

/** The keys of the object at a path; none where there is no object. */
export function keysAt(text: string, path: readonly string[]): readonly string[] {
  const found = path.reduce(
    (value: Value | undefined, key) => memberOf(value, key)?.value,
    scanJson(text),
  );
  return found?.members?.map(({ key }) => key) ?? [];
}

function wholeOf(text: string): Value | undefined {
  if (text.trim() === "") return undefined;
  const whole = scanJson(text);
  if (whole?.members !== undefined) return whole;
  throw new StrongroomError("INVALID", "the file is no JSON object, as its tool wants it", {
    hint: "mend it, or move it away, then repeat the command",
  });
}

function placed(text: string, path: readonly string[], value: string): string {
  let at = scanJson(text);
  for (const [depth, key] of path.entries()) {
    const member = memberOf(at, key);
    const rest = path.slice(depth + 1);
    if (member === undefined) return inserted(text, at, { key, rest, value, depth: depth + 1 });
    if (rest.length === 0 || member.value.members === undefined) {
      const { at: begin, end } = member.value;
      const nested = rest.length === 0 ? value : nestedIn(text, rest, value, depth + 2);
      return text.slice(0, begin) + nested + text.slice(end);
    }
    at = member.value;
  }
  return text;
}

/** As the first member: only lines are added to a text of many lines. */
function inserted(
  text: string,
  object: Value | undefined,
  {
    depth,
    key,
    rest,
    value,
  }: { depth: number; key: string; rest: readonly string[]; value: string },
): string {
  const { at, end, members = [] } = object ?? { at: 0, end: 0 };
  const whole = rest.length === 0 ? value : nestedIn(text, rest, value, depth + 1);
  const member = `${JSON.stringify(key)}: ${whole}`;
  const [first] = members;
  const line = newline(text);
  if (first === undefined) {
    const [inner, outer] = [unit(text).repeat(depth), unit(text).repeat(depth - 1)];
    return `${text.slice(0, at + 1)}${line}${inner}${member}${line}${outer}${text.slice(end - 1)}`;
  }
  const indent = /(\r?\n[ \t]*)$/u.exec(text.slice(at + 1, first.at))?.[1];
  const behind = text.slice(at + 1);
  if (indent === undefined) return `${text.slice(0, at + 1)}${member}, ${behind.trimStart()}`;
  return `${text.slice(0, at + 1)}${indent}${member},${behind}`;
}

function nestedIn(text: string, rest: readonly string[], value: string, depth: number): string {
  const [key = "", ...more] = rest;
  const whole = more.length === 0 ? value : nestedIn(text, more, value, depth + 1);
  const line = newline(text);
  const [inner, outer] = [unit(text).repeat(depth), unit(text).repeat(depth - 1)];
  return `{${line}${inner}${JSON.stringify(key)}: ${whole}${line}${outer}}`;
}

/** Takes a member out, and what holds it when it held nothing else. */
function taken(text: string, path: readonly string[]): string {
  let object = scanJson(text);
  let outermost: { readonly object: Value; readonly member: Member } | undefined;
  for (const key of path) {
    const member = memberOf(object, key);
    if (object === undefined || member === undefined) return text;
    if (outermost === undefined || (object.members?.length ?? 0) > 1) {
      outermost = { object, member };
    }
    object = member.value;
  }
  return outermost === undefined ? text : without(text, outermost.object, outermost.member);
}

/** Comments around it stay. */
function without(text: string, { at, members = [] }: Value, member: Member): string {
  const index = members.indexOf(member);
  const { end } = member.value;
  // What follows in the line of a comment would be a comment.
  const isLineEnd = /^,?[ \t]*\r?\n/u.test(text.slice(end));
  const gapBefore = isLineEnd ? /(?:\r?\n)?[ \t]*$/u : /[ \t]*$/u;
  const begin = member.at - (gapBefore.exec(text.slice(at, member.at))?.[0].length ?? 0);
  if (members[index + 1] !== undefined) {
    const behind = behindComma(text, end);
    const isOwnLine = text.slice(begin, member.at).includes("\n");
    const gap = isOwnLine ? 0 : (/^ */u.exec(text.slice(behind))?.[0].length ?? 0);
    return text.slice(0, isOwnLine ? begin : member.at) + text.slice(behind + gap);
  }
  const last = members[index - 1]?.value.end;
  if (last === undefined) return text.slice(0, begin) + text.slice(end);
  return text.slice(0, last) + text.slice(behindComma(text, last), begin) + text.slice(end);
}

/** A text of one line stays one. */
function isOneLine(text: string): boolean {
  return !/^\{\s*\}$|\n/u.test(text.trim());
}

function newline(text: string): string {
  if (isOneLine(text)) return "";
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function unit(text: string): string {
  return isOneLine(text) ? "" : (/\n(\t| +)\S/u.exec(text)?.[1] ?? "  ");
}

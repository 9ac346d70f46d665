import { StrongroomError } from "@strongroom/client/protocol";
import type { Part } from "./tool.ts";
import { entriesOf, indentAt, itemsOf, linesOf, scalarOf } from "./yaml-block.ts";
import type { Entry, Line } from "./yaml-block.ts";

const NOTHING = new Set(["", "[]", "null", "{}", "~"]);

interface User {
  /** The lines of the whole item of the list. */
  readonly first: number;
  readonly end: number;
  /** The line `user:`, and what it has. */
  readonly user: Entry | undefined;
  readonly keys: readonly Entry[];
}

/**
 * The `exec` block of a user in a kubeconfig, as kubectl writes it: its lines, not indented. Empty
 * for a user that is there without one, and so has to be afterwards.
 */
export function kubeconfigPart(name: string): Part {
  return {
    label: `users[${name}].user.exec`,
    isSame: (one, other) => plain(one) === plain(other),
    read: (text) => {
      const lines = linesOf(text);
      const user = userIn(lines, name);
      const exec = keyOf(user, "exec");
      if (exec === undefined) return user === undefined ? undefined : "";
      const indent = indentAt(lines, exec.first + 1, exec.end);
      const below = lines.slice(exec.first + 1, exec.end).map((line) => line.text.slice(indent));
      return [exec.inline, ...below].filter((line) => line.trim() !== "").join("\n");
    },
    put: (text, value) => {
      const lines = linesOf(text);
      const isNone = value === undefined || value === "";
      const next = isNone ? without(lines, name, value === "") : placed(lines, name, value);
      return next.join(text.includes("\r\n") ? "\r\n" : "\n");
    },
  };
}

/** What a user of a kubeconfig has besides: `token`, `client-certificate`, …; undefined = no such user. */
export function keysOfUser(text: string, name: string): readonly string[] | undefined {
  return userIn(linesOf(text), name)?.keys.map(({ key }) => key);
}

/** kubectl quotes in its own way. */
function plain(value: string): string {
  return value.replaceAll(/["']/gu, "");
}

function placed(lines: readonly Line[], name: string, value: string): string[] {
  const texts = lines.map(({ text }) => text);
  const block = (indent: number): string[] => [
    `${" ".repeat(indent)}exec:`,
    ...value.split("\n").map((line) => `${" ".repeat(indent + 2)}${line}`),
  ];
  const found = userIn(lines, name);
  if (found === undefined) return withUser(lines, ["", ...block(4)], name);
  const { keys, user } = found;
  const exec = keyOf(found, "exec");
  if (exec !== undefined) {
    return texts.toSpliced(
      exec.first,
      exec.end - exec.first,
      ...block(lines[exec.first]?.indent ?? 0),
    );
  }
  if (user === undefined) throw unknown();
  const dash = /^\s*-\s+/u.exec(texts[user.first] ?? "")?.[0].length;
  const own = dash ?? lines[user.first]?.indent ?? 0;
  const indent = keys[0] === undefined ? own + 2 : (lines[keys[0].first]?.indent ?? 0);
  const header = (texts[user.first] ?? "").replace(/(user:).*$/u, "$1");
  return texts.toSpliced(user.first, 1, header, ...block(indent));
}

function withUser(lines: readonly Line[], [, ...exec]: string[], name: string): string[] {
  const texts = lines.map(({ text }) => text);
  const item = [`- name: ${scalar(name)}`, "  user:", ...exec];
  const users = usersIn(lines);
  if (users === undefined) {
    const isEmpty = texts.every((line) => line.trim() === "");
    const head = isEmpty ? ["apiVersion: v1", "kind: Config"] : texts.slice(0, lastSaid(texts));
    return [...head, "users:", ...item, ...(isEmpty ? [""] : texts.slice(lastSaid(texts)))];
  }
  const items = itemsOf(lines, users.first + 1, users.end);
  const indent = items[0] === undefined ? 0 : (lines[items[0].first]?.indent ?? 0);
  const indented = item.map((line) => " ".repeat(indent) + line);
  if (items.length > 0) return texts.toSpliced(items.at(-1)?.end ?? users.end, 0, ...indented);
  return texts.toSpliced(users.first, 1, "users:", ...indented);
}

/** The user goes too when it has nothing else, and was not there before. */
function without(lines: readonly Line[], name: string, isKept: boolean): string[] {
  const texts = lines.map(({ text }) => text);
  const found = userIn(lines, name);
  const exec = keyOf(found, "exec");
  if (found === undefined || exec === undefined) return texts;
  if (found.keys.length > 1) return texts.toSpliced(exec.first, exec.end - exec.first);
  if (isKept && found.user !== undefined) {
    const { end, first } = found.user;
    const header = (texts[first] ?? "").replace(/(user:).*$/u, "$1 {}");
    return texts.toSpliced(first, end - first, header);
  }
  const left = texts.toSpliced(found.first, found.end - found.first);
  const users = usersIn(lines);
  const isAlone = users !== undefined && itemsOf(lines, users.first + 1, users.end).length === 1;
  return isAlone ? left.with(users.first, "users: []") : left;
}

function userIn(lines: readonly Line[], name: string): User | undefined {
  const users = usersIn(lines);
  if (users === undefined) return undefined;
  for (const { first, end } of itemsOf(lines, users.first + 1, users.end)) {
    // The key behind the dash stands where the others do.
    const whole = lines.slice(0, end).map((line, at) => (at === first ? behindDash(line) : line));
    const entries = entriesOf(whole, first, end);
    const named = entries.find(({ key }) => key === "name");
    if (named === undefined || scalarOf(named.inline) !== name) continue;
    const user = entries.find(({ key }) => key === "user");
    const isInline = user !== undefined && !NOTHING.has(user.inline);
    if (isInline) throw unknown();
    const keys = user === undefined ? [] : entriesOf(whole, user.first + 1, user.end);
    return { first, end, user, keys };
  }
  return undefined;
}

function usersIn(lines: readonly Line[]): Entry | undefined {
  const isBlock = lines.every(({ text }) => !/^\t|^\s*[{[]/u.test(text));
  const parts = lines.filter(({ text }) => /^---(?:\s|$)/u.test(text)).length;
  if (!isBlock || parts > 1) throw unknown();
  const users = entriesOf(lines, lines.findIndex(isTop), lines.length).find(
    ({ key }) => key === "users",
  );
  if (users !== undefined && !NOTHING.has(users.inline)) throw unknown();
  return users;
}

function isTop({ indent, text }: Line): boolean {
  return indent === 0 && /^[^\s#-]/u.test(text);
}

function behindDash({ indent, text }: Line): Line {
  const whole = text.replace(/^(\s*)-(\s+)/u, "$1 $2");
  return { indent: text === whole ? indent : whole.search(/\S|$/u), text: whole };
}

function keyOf(user: User | undefined, key: string): Entry | undefined {
  return user?.keys.find((each) => each.key === key);
}

function lastSaid(texts: readonly string[]): number {
  return texts.findLastIndex((line) => line.trim() !== "") + 1;
}

function unknown(): StrongroomError {
  return new StrongroomError(
    "UNSUPPORTED_FORMAT",
    "this kubeconfig is not written in blocks, as kubectl does",
    {
      hint: "let kubectl write it once (kubectl config set-context x), or set users[].user.exec yourself",
    },
  );
}

/** A scalar of YAML that is read as this text. */
export function scalar(text: string): string {
  const isPlain = /^[\w/.][\w/.@+=-]*(?::[\w/.@+=-]+)*$/u.test(text);
  const isOther = /^(?:[\d.+-]+|0x.*|true|false|null|yes|no|on|off|y|n|~)$/iu.test(text);
  return isPlain && !isOther ? text : JSON.stringify(text);
}

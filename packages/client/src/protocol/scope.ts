import { StrongroomError } from "./errors.ts";
import { compilePattern } from "./pattern.ts";

/** What a key may be allowed to do with names, sorted; whatever is not here is the owner's alone. */
export const ACTIONS = [
  "delete",
  "get",
  "history",
  "list",
  "purge",
  "restore",
  "set",
  "token",
] as const;

/** One of them, or `verify`, whose patterns are of services: to judge the keys of those. */
export type Action = (typeof ACTIONS)[number] | "verify";

/** Whom a key is for where nobody else is named: the vault itself. */
export const OWN_AUDIENCE = "strongroom";

/** What the actions of a service look like: `read`, `invoices.create`, `GET`. */
export const ACTION_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";

const ACTION = new RegExp(ACTION_PATTERN);
const KNOWN: ReadonlySet<string> = new Set([...ACTIONS, "verify"]);

/** A rule taken apart: what it speaks of, `*` for every action, and the pattern of the names. */
export interface Rule {
  readonly actions: readonly string[];
  readonly pattern: string;
}

/**
 * Takes a rule apart, `get,list:github/**`: actions up to the first colon, then a pattern, which
 * may hold colons of its own; `*` stands for every action. `INVALID` when it is none. Which
 * actions there are depends on whom the key is for: `checkRule` holds a rule to that.
 */
export function parseRule(text: string): Rule {
  const colon = text.indexOf(":");
  if (colon === -1) throw invalid("it has no colon");
  const pattern = text.slice(colon + 1);
  if (pattern === "") throw invalid("it names no names");
  compilePattern(pattern);
  const words = text.slice(0, colon).split(",");
  if (words.length === 1 && words[0] === "*") return { actions: ["*"], pattern };
  const actions = words.map((word) => word.trim());
  if (!actions.every((action) => ACTION.test(action))) {
    throw invalid("its actions are words of letters, digits and . _ -, or one *");
  }
  return { actions: [...new Set(actions)], pattern };
}

/** Throws `INVALID` for a rule whose actions mean nothing to whom its key is for. */
export function checkRule({ actions }: Rule, audience: string): void {
  // What its actions are, only a service knows.
  if (audience !== OWN_AUDIENCE) return;
  if (actions.every((action) => action === "*" || KNOWN.has(action))) return;
  throw invalid(`its actions are any of: ${[...KNOWN].join(", ")}`);
}

function invalid(why: string): StrongroomError {
  return new StrongroomError("INVALID", `a rule looks like get,list:github/**; ${why}`, {
    hint: "strongroom help key",
  });
}

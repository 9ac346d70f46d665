import { StrongroomError } from "./errors.ts";
import { compilePattern } from "./pattern.ts";

/** What a key may be allowed to do with names, sorted; whatever is not here is the owner's alone. */
export const ACTIONS = ["delete", "get", "history", "list", "purge", "restore", "set"] as const;

/** One of them. */
export type Action = (typeof ACTIONS)[number];

/** A rule taken apart: what it speaks of, and the pattern of the names. */
export interface Rule {
  readonly actions: readonly Action[];
  readonly pattern: string;
}

/**
 * Takes a rule apart, `get,list:github/**`: actions up to the first colon, then a pattern, which
 * may hold colons of its own; `*` stands for every action. `INVALID` when it is none.
 */
export function parseRule(text: string): Rule {
  const colon = text.indexOf(":");
  if (colon === -1) throw invalid("it has no colon");
  const pattern = text.slice(colon + 1);
  if (pattern === "") throw invalid("it names no names");
  compilePattern(pattern);
  const words = text.slice(0, colon).split(",");
  if (words.length === 1 && words[0] === "*") return { actions: ACTIONS, pattern };
  const actions = words.map((word) => {
    const action = ACTIONS.find((each) => each === word.trim());
    if (action === undefined) throw invalid(`its actions are any of: ${ACTIONS.join(", ")}`);
    return action;
  });
  return { actions: [...new Set(actions)], pattern };
}

function invalid(why: string): StrongroomError {
  return new StrongroomError("INVALID", `a rule looks like get,list:github/**; ${why}`, {
    hint: "strongroom help key",
  });
}

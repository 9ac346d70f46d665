import type { Change } from "../vault/change.ts";
import type { Commit } from "../vault/commit.ts";
import type { Entry } from "./entry.ts";
import { OWNER, SYSTEM } from "./who.ts";
import type { Who } from "./who.ts";

/** Who made a commit, and by which method where the changes do not say it. */
export interface By {
  readonly who: Who;
  readonly operation: string | undefined;
}

/** What the daemon does by itself. */
export const BY_ITSELF: By = { who: SYSTEM, operation: undefined };

/** The entries of a commit: one for each change that somebody asked for. */
export function* entriesOf(commit: Commit, { who, operation }: By): Generator<Entry> {
  const { changes, revision, time } = commit;
  for (const change of changes) {
    const told = toldOf(change, who);
    if (told === undefined) continue;
    const { count = 1, name } = told;
    yield {
      revision,
      time,
      who,
      // Of a key the change alone does not tell what was asked for.
      operation: change.kind === "key" ? (operation ?? told.operation) : told.operation,
      name,
      reason: undefined,
      count,
    };
  }
}

interface Told {
  readonly operation: string;
  readonly name: string;
  readonly count?: number;
}

function toldOf(change: Change, who: Who): Told | undefined {
  switch (change.kind) {
    case "set":
    case "delete":
    case "restore":
      return { operation: change.kind, name: change.name };
    case "drop":
    case "forget":
      return { operation: "purge", name: change.name };
    case "clear":
      return { operation: "clear", name: change.prefix, count: change.cleared };
    case "policy":
      return { operation: "vault/policy", name: "" };
    case "clock":
      return { operation: "clock/accept", name: "" };
    case "audit-policy":
      return { operation: "audit/policy", name: "" };
    case "key":
      // How much of a quota is used is counted with a key's own requests, and by the daemon.
      if (who.actor !== OWNER.actor) return undefined;
      return { operation: "key/update", name: `key:${change.record.id}` };
    case "forget-key":
      return { operation: "key/forget", name: `key:${change.id}` };
  }
}

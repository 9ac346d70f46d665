import type { Change } from "../vault/change.ts";
import type { Commit } from "../vault/commit.ts";
import { OWNER, SYSTEM } from "./who.ts";
import type { Who } from "./who.ts";

/** Who made a commit, and by which method where the changes do not say it. */
export interface By {
  readonly who: Who;
  readonly operation: string | undefined;
}

/** What the daemon does by itself. */
export const BY_ITSELF: By = { who: SYSTEM, operation: undefined };

/** Is told what a change did: the operation, what it is about, and how many of that. */
export type Tell = (operation: string, name: string, count: number) => void;

/** Tells of each change of a commit that somebody asked for, in order. */
export function tellOf({ changes }: Commit, by: By, tell: Tell): void {
  for (const change of changes) tellOfChange(change, by, tell);
}

function tellOfChange(change: Change, { operation, who }: By, tell: Tell): void {
  switch (change.kind) {
    case "set":
    case "delete":
    case "restore":
      return tell(change.kind, change.name, 1);
    case "drop":
    case "forget":
      return tell("purge", change.name, 1);
    case "clear":
      return tell("clear", change.prefix, change.cleared);
    case "policy":
      return tell("vault/policy", "", 1);
    case "clock":
      return tell("clock/accept", "", 1);
    case "audit-policy":
      return tell("audit/policy", "", 1);
    case "key":
      // How much of a quota is used is counted with a key's own requests, and by the daemon.
      if (who.actor !== OWNER.actor) return;
      // Of a key the change alone does not tell what was asked for.
      return tell(operation ?? "key/update", `key:${change.record.id}`, 1);
    case "forget-key":
      return tell("key/forget", `key:${change.id}`, 1);
    case "oauth":
      // That a refresh is about to begin changes nothing yet; what became of it has a name.
      return operation === undefined ? undefined : tell(operation, change.record.name, 1);
    case "forget-oauth":
      return tell("oauth/remove", change.name, 1);
    case "renewer":
      // That its program begins, or has failed, is no change of anybody's.
      return operation === "renewer/set" ? tell(operation, change.record.name, 1) : undefined;
    case "forget-renewer":
      return tell("renewer/remove", change.name, 1);
    case "owner-record": {
      const { record } = change;
      if (record.kind === "presented") return undefined;
      return record.kind === "approval"
        ? tell("approval/add", record.path, 1)
        : tell("recipe/set", record.name, 1);
    }
    case "forget-owner-record": {
      const [kind = "", ...rest] = change.id.split(":");
      if (kind === "presented") return undefined;
      return tell(`${kind}/remove`, rest.join(":"), 1);
    }
  }
}

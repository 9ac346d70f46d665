import type { AuditEntry } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import { escapeLine } from "../escape.ts";

/** What people call the keys that the records name by their ids. */
export async function labelsOf(caller: Pick<Caller, "call">): Promise<ReadonlyMap<string, string>> {
  const { keys } = await caller.call("key/list", {});
  return new Map(keys.map(({ id, name }) => [`key:${id}`, `key:${name} (${id})`]));
}

/** A record of the audit as a row of text, escaped. */
export function rowOf(entry: AuditEntry, labels: ReadonlyMap<string, string>): readonly string[] {
  const { actor, client = "", count = 1, executable, name = "", pid, reason } = entry;
  const label = (text: string): string => escapeLine(labels.get(text) ?? text);
  const process = pid === undefined ? "" : ` [${pid} ${executable ?? ""}]`;
  return [
    String(entry.number),
    new Date(entry.time).toISOString(),
    label(actor),
    escapeLine(`${client}${process}`),
    entry.operation,
    label(name),
    `${reason === undefined ? "" : `refused: ${reason}`}${count === 1 ? "" : ` x${count}`}`.trim(),
  ];
}

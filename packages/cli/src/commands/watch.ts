import type { Watched } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, OptionValue } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { openClient } from "../open.ts";
import { writeData, writeJson, writeNote } from "../output.ts";
import { proveIfAsked } from "../prove.ts";

/** `watch`: a line for each event, until it is interrupted or the vault is locked. */
export const watch: Command = {
  operands: "[PATTERN]",
  arity: [0, 1],
  takes: "secret",
  options: {
    since: { type: "string", value: "REVISION", help: "what happened after it, too; 0: all" },
  },
  examples: [
    "strongroom watch",
    "strongroom watch 'github/**' --json",
    "strongroom watch --since 41",
  ],
  notes: [
    "A line is an event (set, delete, expire, revoke, lock), its revision and a name; never a value.",
    "Each comes once and in order, also when the daemon is another meanwhile. resync says that not",
    "all that happened is known any more: list what there is. No daemon is kept or started for it.",
  ],
  async run({ positionals: [pattern], values }) {
    const since = sinceOf(values["since"]);
    const interrupted = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => interrupted.abort());
    }
    const client = await openClient({ values });
    try {
      await proveIfAsked(client, values);
      const options = { signal: interrupted.signal, ...(since === undefined ? {} : { since }) };
      for await (const event of client.watch(pattern, options))
        tell(event, values["json"] === true);
      writeNote("strongroom: the vault is locked; strongroom unlock opens it");
      return 7;
    } catch (error) {
      if (interrupted.signal.aborted) return 0;
      throw error;
    } finally {
      client.close();
    }
  },
};

function tell(event: Watched, isJson: boolean): void {
  if (isJson) return writeJson(event);
  const name = "name" in event ? ` ${escapeLine(event.name)}` : "";
  writeData(`${event.event} ${event.revision}${name}\n`);
}

function sinceOf(text: OptionValue): number | undefined {
  if (text === undefined) return undefined;
  if (typeof text === "string" && /^\d{1,15}$/.test(text)) return Number(text);
  throw new StrongroomError("INVALID", "--since takes a revision: 0, 1, 2, …", {
    hint: "strongroom watch --since 0",
  });
}

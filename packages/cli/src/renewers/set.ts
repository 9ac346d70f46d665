import { StrongroomError } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { spanOf } from "../moment.ts";
import { writeJson, writeNote } from "../output.ts";

/** `renewer set NAME --every 1h -- /PROGRAM ARGUMENTS` */
export async function setRenewer({ caller, positionals, values }: Input): Promise<number> {
  const [, name = "", ...argv] = positionals;
  const { every } = values;
  if (argv.length === 0) throw usage("it takes a secret and a program");
  if (typeof every !== "string") throw usage("it takes --every, how long a value is served");
  const lifetimeMs = spanOf(every);
  if (lifetimeMs === undefined) throw usage("--every takes a time such as 30s, 15m, 12h or 30d");
  const stale = values["serve-stale"] === true ? ({ serveStale: true } as const) : {};
  const done = await caller.change("renewer/set", { name, argv, lifetimeMs, ...stale });
  if (values["json"] === true) writeJson(done);
  else writeNote("strongroom: whoever asks for it next has the program run");
  return 0;
}

function usage(what: string): StrongroomError {
  return new StrongroomError("INVALID", `renewer set: ${what}`, {
    hint: "strongroom renewer set NAME --every 1h -- /PROGRAM",
  });
}

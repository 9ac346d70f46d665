import { StrongroomError } from "@strongroom/client/protocol";
import type { RenewerEntry } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { columns } from "../listing.ts";
import { writeData, writeJson } from "../output.ts";
import { spanText, standing } from "./words.ts";

/** `renewer list [PATTERN]`: a line for each. */
export async function listRenewers({ caller, positionals, values }: Input): Promise<number> {
  const [, pattern, ...more] = positionals;
  if (more.length > 0) {
    throw new StrongroomError("INVALID", "renewer list takes one pattern", {
      hint: "strongroom renewer list 'db/**'",
    });
  }
  const found = await caller.call("renewer/list", pattern === undefined ? {} : { pattern });
  if (values["json"] === true) writeJson(found);
  else writeData(columns(found.renewers.map(row)));
  return 0;
}

function row(entry: RenewerEntry): readonly string[] {
  return [
    escapeLine(entry.name),
    `every ${spanText(entry.lifetimeMs)}`,
    entry.serveStale === true ? "serves stale" : "",
    escapeLine(standing(entry)),
    escapeLine(entry.argv.join(" ")),
  ];
}

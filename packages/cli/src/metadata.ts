import { StrongroomError } from "@strongroom/client/protocol";
import type { RenewerEntry, SecretEntry } from "@strongroom/client/protocol";
import type { Input } from "./command.ts";
import { escapeLine } from "./escape.ts";
import { columns } from "./listing.ts";
import { writeData, writeJson } from "./output.ts";
import { spanText, standing } from "./renewers/words.ts";

/** What is asked of one secret. */
interface Asked extends Pick<Input, "caller" | "values"> {
  readonly name: string;
}

/**
 * `get NAME --metadata`: all that is known of a secret without its value, which is not renewed for
 * it. What renews it is shown to the owner alone.
 */
export async function showMetadata({ caller, name, values }: Asked): Promise<number> {
  if (values["version"] !== undefined) {
    throw new StrongroomError("INVALID", "--metadata is of the current version", {
      hint: "strongroom history NAME",
    });
  }
  const { secrets, revision } = await caller.call("secret/list", { pattern: name });
  const renewer = await renewerOf(caller, name);
  const secret = secrets.find((each) => each.name === name);
  if (secret === undefined && renewer === undefined) {
    throw new StrongroomError("NOT_FOUND", "there is no secret of that name", {
      hint: "strongroom list",
    });
  }
  const known = { name, ...secret, ...(renewer && { renewer }), revision };
  if (values["json"] === true) writeJson(known);
  else
    writeData(
      columns([...ofSecret(secret), ...ofRenewer(renewer)].filter(([, text]) => text !== "")),
    );
  return 0;
}

async function renewerOf(caller: Input["caller"], name: string): Promise<RenewerEntry | undefined> {
  try {
    const { renewers } = await caller.call("renewer/list", { pattern: name });
    return renewers.find((each) => each.name === name);
  } catch (error) {
    if (error instanceof StrongroomError && error.code === "DENIED") return undefined;
    throw error;
  }
}

type Row = readonly [string, string];

function ofSecret(secret: SecretEntry | undefined): Row[] {
  if (secret === undefined) return [["version", "none yet"]];
  const { metadata, updatedAt, version } = secret;
  const { contentType = "", expiresAt, note = "", origin = "", tags = [] } = metadata;
  return [
    ["version", String(version)],
    ["updated", textOf(updatedAt)],
    ["expires", expiresAt === undefined ? "" : textOf(expiresAt)],
    ["type", escapeLine(contentType)],
    ["tags", escapeLine(tags.join(" "))],
    ["note", escapeLine(note)],
    ["origin", origin],
  ];
}

function ofRenewer(renewer: RenewerEntry | undefined): Row[] {
  if (renewer === undefined) return [];
  const stale = renewer.serveStale === true ? ", serves stale" : "";
  return [
    ["renewer", escapeLine(renewer.argv.join(" "))],
    ["renewed", `every ${spanText(renewer.lifetimeMs)}${stale}`],
    ["standing", escapeLine(standing(renewer))],
  ];
}

function textOf(at: number): string {
  return new Date(at).toISOString();
}

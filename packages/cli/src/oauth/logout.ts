import type { Input } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { writeJson, writeNote } from "../output.ts";
import { nameOf } from "./part.ts";

/** `oauth logout NAME`, `oauth remove NAME`: forgets a credential; `--revoke` ends it at its server first. */
export async function logout(input: Input): Promise<number> {
  const { caller, values } = input;
  const name = nameOf(input);
  if (values["revoke"] === true) await caller.call("oauth/revoke", { name });
  const done = await caller.change("oauth/remove", { name });
  if (values["json"] === true) writeJson(done);
  else writeNote(`strongroom: ${escapeLine(name)} is forgotten`);
  return 0;
}

import { StrongroomError } from "@strongroom/client/protocol";
import type { Input } from "./command.ts";
import { writeJson, writeNote } from "./output.ts";
import { proveByIdentity, proveSlot } from "./prove.ts";

const COMMAND = "strongroom key require on --passphrase-file FILE";

/** `key require on | off`: whether coming by the owner's socket is enough to be the owner. */
export async function requireKey({ positionals, values, caller }: Input): Promise<number> {
  const [, word = ""] = positionals;
  const { identity } = values;
  if (word !== "on" && word !== "off") {
    throw new StrongroomError("INVALID", "key require takes on or off", { hint: COMMAND });
  }
  // Whoever cannot prove a slot would be outside from then on.
  if (word === "on") await proveSlot(caller, values, COMMAND);
  else if (typeof identity === "string") await proveByIdentity(caller, identity);
  const done = await caller.change("vault/policy", { requireKey: word === "on" });
  if (values["json"] === true) writeJson(done);
  else if (done.requireKey)
    writeNote("strongroom: a key, or the passphrase, is asked of everybody");
  else writeNote("strongroom: whoever comes by your socket is you again");
  return 0;
}

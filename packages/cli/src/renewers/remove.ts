import { StrongroomError } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { writeJson, writeNote } from "../output.ts";

/** `renewer remove NAME`: the secret stays as it is. */
export async function removeRenewer({ caller, positionals, values }: Input): Promise<number> {
  const [, name, ...more] = positionals;
  if (name === undefined || more.length > 0) {
    throw new StrongroomError("INVALID", "renewer remove takes the name of a secret", {
      hint: "strongroom renewer remove NAME",
    });
  }
  const done = await caller.change("renewer/remove", { name });
  if (values["json"] === true) writeJson(done);
  else writeNote("strongroom: its value stays as it is, and is renewed no more");
  return 0;
}

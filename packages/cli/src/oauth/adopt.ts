import { StrongroomError } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { writeJson, writeNote } from "../output.ts";
import { nameOf } from "./part.ts";

/** `oauth adopt NAME`: from now on the vault presents the refresh token, and nobody else may. */
export async function adopt(input: Input): Promise<number> {
  const { caller, values } = input;
  const name = nameOf(input);
  if (values["source-is-retired"] !== true) {
    throw new StrongroomError("INVALID", "two who refresh one token end it for both", {
      hint: "sign out where it came from, then: strongroom oauth adopt NAME --source-is-retired",
    });
  }
  const done = await caller.change("oauth/adopt", { name, sourceIsRetired: true });
  if (values["json"] === true) writeJson(done);
  else writeNote(`strongroom: ${escapeLine(name)} is refreshed by the vault from now on`);
  return 0;
}

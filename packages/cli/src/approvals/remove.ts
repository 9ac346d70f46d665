import { resolve } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { writeJson, writeNote } from "../output.ts";

/** `approval remove FILE`: the file itself may be gone. */
export async function removeApproval({ caller, positionals, values }: Input): Promise<number> {
  const [, given] = positionals;
  if (given === undefined) {
    throw new StrongroomError("INVALID", "approval remove takes a file", {
      hint: "strongroom approval remove .env",
    });
  }
  const done = await caller.change("approval/remove", { path: resolve(given) });
  if (values["json"] === true) writeJson(done);
  else writeNote("strongroom: its references are not used any more");
  return 0;
}

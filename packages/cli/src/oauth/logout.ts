import type { Input } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { writeJson, writeNote } from "../output.ts";
import { nameOf } from "./part.ts";

/** `oauth logout NAME`, `oauth remove NAME`: forgets a credential; `--revoke` ends it at its server first. */
export async function logout(input: Input): Promise<number> {
  const { caller, values } = input;
  const name = nameOf(input);
  const done = await caller.change("oauth/remove", {
    name,
    // While its server is asked others may sign in: what they have then is not what was ended.
    ...(values["revoke"] === true ? { expect: { version: await revoked(caller, name) } } : {}),
  });
  if (values["json"] === true) writeJson(done);
  else writeNote(`strongroom: ${escapeLine(name)} is forgotten`);
  return 0;
}

/** The generation that is left of a credential when its server has ended it. */
async function revoked(caller: Input["caller"], name: string): Promise<number> {
  const { generation } = await caller.call("oauth/revoke", { name });
  return generation;
}

import type { Input } from "../command.ts";
import { writeJson, writeNote } from "../output.ts";
import { invalid, nameOf } from "./part.ts";

/** `oauth report NAME GENERATION`: some service did not take the access token of that generation. */
export async function report(input: Input): Promise<number> {
  const [, , text = ""] = input.positionals;
  if (!/^[1-9]\d{0,14}$/.test(text)) throw invalid("oauth report: a generation is a number");
  const asked = { name: nameOf(input), generation: Number(text) };
  const found = await input.caller.call("oauth/report", asked);
  if (input.values["json"] === true) writeJson(found);
  else if (found.current) writeNote("strongroom: that token is served no more");
  else writeNote("strongroom: that token was not the current one; ask for it anew");
  return 0;
}

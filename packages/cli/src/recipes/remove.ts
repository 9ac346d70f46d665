import { StrongroomError } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { writeJson } from "../output.ts";

/** `recipe remove NAME` */
export async function removeRecipe({ caller, positionals, values }: Input): Promise<number> {
  const [, name, ...more] = positionals;
  if (name === undefined || more.length > 0) {
    throw new StrongroomError("INVALID", "recipe remove takes the name of a recipe", {
      hint: "strongroom recipe list",
    });
  }
  const done = await caller.change("recipe/remove", { name });
  if (values["json"] === true) writeJson(done);
  return 0;
}

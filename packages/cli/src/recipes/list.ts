import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { columns } from "../listing.ts";
import { writeData, writeJson } from "../output.ts";
import { formatReference } from "../references/reference.ts";

/** `recipe list`: a line for each. */
export async function listRecipes({ caller, positionals, values }: Input): Promise<number> {
  if (positionals.length > 1) {
    throw new StrongroomError("INVALID", "recipe list takes nothing else", {
      hint: "strongroom recipe list",
    });
  }
  const found = await caller.call("recipe/list", {});
  if (values["json"] === true) writeJson(found);
  else {
    const rows = found.recipes.map(({ argv, description = "", environment, name }) => [
      name,
      escapeLine(environment.map((each) => `${each.variable}=${formatReference(each)}`).join(" ")),
      escapeLine(argv.map(shellWord).join(" ")),
      escapeLine(description),
    ]);
    writeData(columns(rows));
  }
  return 0;
}

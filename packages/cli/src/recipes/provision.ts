import type { RecipeEntry } from "@strongroom/client/protocol";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import { resolve } from "../references/resolve.ts";
import { variableText } from "../references/variable-text.ts";
import { ambientVariables } from "../run/variables.ts";

const AS_TEXT = "store it as text, of base64 for example: strongroom set NAME";

/** What a recipe's program is started with. */
export interface RecipeProvision {
  readonly environment: ReadonlyMap<string, string>;
  readonly values: readonly Buffer[];
}

/** The recipe of a name; `NOT_FOUND` when there is none, or none for who asks. */
export async function findRecipe(caller: Caller, name: string): Promise<RecipeEntry> {
  const { recipes } = await caller.call("recipe/list", {});
  const found = recipes.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new StrongroomError("NOT_FOUND", "there is no such recipe, or not for you", {
    hint: "strongroom recipe list",
  });
}

/** Its values, read under the recipe as it was found: one that has changed since gives nothing. */
export async function provideRecipe(caller: Caller, recipe: RecipeEntry): Promise<RecipeProvision> {
  const { environment: variables, generation, name } = recipe;
  const wanted = variables.map(({ variable, ...reference }) => ({ reference, where: variable }));
  const values = await resolve(caller, wanted, { recipe: { name, generation } });
  const environment = new Map<string, string>();
  for (const [key, variable] of ambientVariables(process.env, true)) {
    if ("text" in variable) environment.set(key, variable.text);
  }
  for (const [index, { variable }] of variables.entries()) {
    const value = values[index] ?? Buffer.alloc(0);
    environment.set(variable, variableText(value, { where: variable, hint: AS_TEXT }));
  }
  return { environment, values };
}

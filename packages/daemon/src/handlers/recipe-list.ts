import type { ReadHandler } from "../turn/handler.ts";
import { seenRecipes } from "../vault/judge-recipe.ts";
import { compareNames } from "../vault/names.ts";

/** `recipe/list`: in the order of the names. */
export const recipeList: ReadHandler<"recipe/list"> = {
  kind: "read",
  run: (view) => ({
    recipes: seenRecipes(view).toSorted((a, b) => compareNames(a.name, b.name)),
    revision: view.counters.revision,
  }),
};

import { LIMITS } from "./limits.ts";
import { nothing } from "./method-entry.ts";
import type { MethodEntry } from "./method-entry.ts";
import type { Params, Result } from "./methods.ts";
import { object, optional } from "./object-shape.ts";
import type { Fields } from "./object-shape.ts";
import type { Recipe, RecipeEntry, RecipeMethods, RecipeVariable } from "./recipe-methods.ts";
import { integer, list, text } from "./shape.ts";
import type { Shape } from "./shape.ts";
import { argv } from "./slot-shapes.ts";
import { name, path, repeatable, revision, version } from "./value-shapes.ts";

/** What a recipe is called. */
export const recipeName: Shape<string> = text({ pattern: "^[a-z0-9][a-z0-9_-]{0,62}$" });

const variable = object<RecipeVariable>({
  variable: text({ pattern: "^[A-Za-z_][A-Za-z0-9_]{0,254}$" }),
  name,
  field: optional(text({ maxLength: LIMITS.argumentCharacters })),
  version: optional(version),
});
const fields: Fields<Recipe> = {
  name: recipeName,
  description: optional(text({ maxLength: LIMITS.argumentCharacters })),
  argv,
  folder: path,
  environment: list(variable, { maxItems: LIMITS.recipeVariables }),
  sha256: optional(text({ pattern: "^[0-9a-f]{64}$" })),
};
const changed = object<Result<"recipe/set">>({ name: recipeName, revision });

/** `recipe/*`, sorted. */
export const RECIPE_METHODS: { readonly [M in keyof RecipeMethods]: MethodEntry<M> } = {
  "recipe/list": {
    summary: "Lists the recipes, to a key those whose secrets it may all get.",
    kind: "read",
    params: nothing,
    result: object<Result<"recipe/list">>({
      recipes: list(object<RecipeEntry>({ ...fields, generation: integer(1) })),
      revision,
    }),
  },
  "recipe/remove": {
    summary: "Forgets a recipe.",
    kind: "mutation",
    params: object<Params<"recipe/remove">>({ name: recipeName, ...repeatable }),
    result: changed,
  },
  "recipe/set": {
    summary: "Stores a program that others may have run with secrets that they do not see.",
    kind: "mutation",
    params: object<Params<"recipe/set">>({ ...fields, ...repeatable }),
    result: changed,
  },
};

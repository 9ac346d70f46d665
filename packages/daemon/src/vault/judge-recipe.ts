import type { Params, RecipeEntry } from "@strongroom/client/protocol";
import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import { demandSecret } from "./not-secret.ts";
import { recipeId } from "./owner-record.ts";
import type { Pending } from "./pending.ts";
import { quoted } from "./quote.ts";
import type { VaultView } from "./state.ts";

/** `recipe/set`: in the place of the one before. */
export function judgeRecipe(pending: Pending, params: Params<"recipe/set">): number {
  const { argv, description, environment, folder, name, sha256 } = params;
  for (const each of environment) demandSecret(pending.oauth, each.name, "read");
  const { ownerRecords } = pending;
  const isNew = ownerRecords.get(recipeId(name)) === undefined;
  if (isNew && ownerRecords.names(recipeId("")).length >= LIMITS.recipes) throw tooMany();
  const generation = pending.revision + 1;
  const about = { ...(description && { description }), ...(sha256 && { sha256 }) };
  const record = { kind: "recipe", name, ...about, argv, folder, environment, generation } as const;
  pending.record({ kind: "owner-record", record });
  return generation;
}

/** `recipe/remove`: `NOT_FOUND` where there is none. */
export function judgeRecipeRemove(pending: Pending, { name }: Pick<RecipeEntry, "name">): void {
  const id = recipeId(name);
  if (pending.ownerRecords.get(id) === undefined) throw noRecipe(name);
  pending.record({ kind: "forget-owner-record", id });
}

/** The recipes that run with nothing but what is seen. */
export function seenRecipes(view: VaultView): RecipeEntry[] {
  const seen: RecipeEntry[] = [];
  for (const record of view.ownerRecords.values()) {
    if (record.kind !== "recipe") continue;
    const { kind: _, ...recipe } = record;
    if (recipe.environment.every(({ name }) => view.sees(name))) seen.push(recipe);
  }
  return seen;
}

/**
 * Judges a read on behalf of a recipe: `NOT_FOUND` unless it is stored, and just as whoever runs it
 * has read it; `DENIED` when it does not speak of one of these names.
 */
export function demandRecipe(
  view: VaultView,
  recipe: Params<"vault/read">["recipe"],
  names: readonly string[],
): void {
  if (recipe === undefined) return;
  const known = seenRecipes(view).find(({ name }) => name === recipe.name);
  if (known === undefined || known.generation !== recipe.generation) throw noRecipe(recipe.name);
  const spoken = new Set(known.environment.map(({ name }) => name));
  if (names.every((name) => spoken.has(name))) return;
  throw new StrongroomError("DENIED", `the recipe ${quoted(recipe.name)} uses no such secret`, {
    hint: "its owner can change it: strongroom recipe add NAME",
  });
}

function noRecipe(name: string): StrongroomError {
  return new StrongroomError("NOT_FOUND", `there is no recipe ${quoted(name)} as it was read`, {
    hint: "strongroom recipe list",
  });
}

function tooMany(): StrongroomError {
  return new StrongroomError("TOO_LARGE", `a vault has at most ${LIMITS.recipes} recipes`, {
    hint: "see which there are: strongroom recipe list",
  });
}

import { StrongroomError } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import { listAll } from "../pages.ts";
import { runCaptured } from "../recipes/captured.ts";
import { filledArgv, placeholdersOf } from "../recipes/placeholders.ts";
import { findRecipe, provideRecipe } from "../recipes/provision.ts";

/** What an agent is told. */
export interface Answer {
  readonly text: string;
  readonly isError: boolean;
}

/** What an agent may ask, by the names of the tools; none of it gives a value. */
export interface Tools {
  readonly list_secrets: (asked: { readonly pattern?: string }) => Promise<Answer>;
  readonly describe_secret: (asked: { readonly name: string }) => Promise<Answer>;
  readonly run_recipe: (
    asked: { readonly recipe: string; readonly arguments?: { readonly [name: string]: string } },
    signal?: AbortSignal,
  ) => Promise<Answer>;
}

/** The tools over a connection that acts with a key. */
export function toolsOver(caller: Caller): Tools {
  return {
    list_secrets: async ({ pattern = "**" }) =>
      await answered(async () => (await listAll(caller, { pattern })).secrets),
    describe_secret: async ({ name }) => await answered(() => describe(caller, name)),
    run_recipe: async (asked, signal) =>
      await answered(async () => {
        const recipe = await findRecipe(caller, asked.recipe);
        const argv = filledArgv(recipe.argv, new Map(Object.entries(asked.arguments ?? {})));
        const provision = await provideRecipe(caller, recipe);
        const { errors, isCut, output, status } = await runCaptured(
          recipe,
          argv,
          provision,
          signal,
        );
        return { status, output, errors, ...(isCut ? { isCut } : {}) };
      }),
  };
}

/** What recipes there are, for who reads the description of the tool. */
export async function recipesText(caller: Caller): Promise<string> {
  const { recipes } = await caller.call("recipe/list", {});
  if (recipes.length === 0) return "There are none that this key may run.";
  return recipes
    .map(({ argv, description = "", name }) => {
      const takes = placeholdersOf(argv).map((each) => `${each.name}: ${each.type}`);
      return `${name}(${takes.join(", ")}) ${description}`.trim();
    })
    .join("\n");
}

async function describe(caller: Caller, name: string): Promise<object> {
  if (name.includes("*")) throw new StrongroomError("INVALID", "a name has no wildcards");
  const { secrets } = await listAll(caller, { pattern: name });
  const found = secrets.find((each) => each.name === name);
  if (found === undefined)
    throw new StrongroomError("NOT_FOUND", "there is no such secret for you");
  return found;
}

async function answered(work: () => Promise<unknown>): Promise<Answer> {
  try {
    return { text: JSON.stringify(await work(), undefined, 1), isError: false };
  } catch (error) {
    // What is not ours may quote what it was given.
    if (!(error instanceof StrongroomError)) {
      return {
        text: "INTERNAL: the tool failed; its host can look: strongroom doctor",
        isError: true,
      };
    }
    return { text: `${error.code}: ${error.message}`, isError: true };
  }
}

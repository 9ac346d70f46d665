import { StrongroomError } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { fail } from "../failure.ts";
import { Child } from "../run/child.ts";
import { passSignals } from "../run/signals.ts";
import { demandPinned } from "./pin.ts";
import { filledArgv } from "./placeholders.ts";
import { findRecipe, provideRecipe } from "./provision.ts";

/** `recipe run NAME [PLACEHOLDER=VALUE ...]`: here, with this terminal, and its exit status. */
export async function runRecipe({ caller, positionals, values }: Input): Promise<number> {
  const [, name, ...given] = positionals;
  if (name === undefined) throw usage("it takes the name of a recipe");
  const recipe = await findRecipe(caller, name);
  const argv = filledArgv(recipe.argv, new Map(given.map(pair)));
  const { environment, values: secrets } = await provideRecipe(caller, recipe);
  const { folder } = recipe;
  demandPinned(recipe);
  let child: Child | undefined;
  const release = passSignals(() => child);
  child = new Child({ argv, environment, folder, mask: "auto", values: secrets });
  const { error, status } = await child.ended.finally(release);
  return error === undefined ? status : fail(error, values["json"] === true, status);
}

function pair(text: string): readonly [string, string] {
  const [, name, value] = /^([a-z][a-z0-9_]*)=(.*)$/su.exec(text) ?? [];
  if (name === undefined || value === undefined) throw usage("what it takes is written NAME=VALUE");
  return [name, value];
}

function usage(what: string): StrongroomError {
  return new StrongroomError("INVALID", `recipe run: ${what}`, {
    hint: "strongroom recipe list, then strongroom recipe run NAME",
  });
}

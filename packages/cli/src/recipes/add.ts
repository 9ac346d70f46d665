import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import type { RecipeVariable } from "@strongroom/client/protocol";
import type { Input, OptionValue } from "../command.ts";
import { writeJson, writeNote } from "../output.ts";
import { assignment } from "../run/variables.ts";
import { pinOf } from "./pin.ts";
import { placeholdersOf } from "./placeholders.ts";

/** `recipe add NAME --env A=REF -- PROGRAM ARGUMENTS`: in the place of one of that name. */
export async function addRecipe({ caller, positionals, values }: Input): Promise<number> {
  const [, name, program, ...rest] = positionals;
  if (name === undefined || program === undefined) throw usage("it takes a name and a program");
  const argv = [absolute(program), ...rest];
  const placeholders = placeholdersOf(argv);
  const sha256 = pinOf(argv[0] ?? "");
  const { describe, folder } = values;
  const recipe = {
    name,
    ...(typeof describe === "string" ? { description: describe } : {}),
    argv,
    folder: resolve(typeof folder === "string" ? folder : "."),
    environment: environmentOf(values["env"]),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
  const done = await caller.change("recipe/set", recipe);
  if (values["json"] === true) writeJson({ ...done, ...recipe, placeholders });
  else {
    const takes = placeholders.map((each) => `${each.name} (${each.type})`).join(", ");
    writeNote(
      `strongroom: ${name} runs ${argv[0]} in ${recipe.folder}; it takes ${takes || "nothing"}`,
    );
    if (sha256 !== undefined) {
      writeNote("strongroom: that file as it is now; when it changes, store the recipe anew");
    }
  }
  return 0;
}

function environmentOf(env: OptionValue): RecipeVariable[] {
  const texts = Array.isArray(env) ? env.filter((each) => typeof each === "string") : [];
  return texts.map((text) => {
    const [variable, what] = assignment(text, "--env");
    if ("text" in what) throw usage("--env takes NAME=strongroom://SECRET");
    return { variable, ...what.reference };
  });
}

/** Where a program is: what a name means must not change with PATH. */
function absolute(program: string): string {
  if (program.includes("/") || isAbsolute(program)) return resolve(program);
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, program);
    if (isAbsolute(path) && isProgram(path)) return path;
  }
  throw usage(`there is no program ${program}`);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path, { bigint: true }).isFile();
  } catch {
    return false;
  }
}

function usage(what: string): StrongroomError {
  return new StrongroomError("INVALID", `recipe add: ${what}`, {
    hint: "strongroom recipe add NAME --env TOKEN=REF -- PROGRAM",
  });
}

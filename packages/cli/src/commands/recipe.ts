import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";

const PARTS: ReadonlyMap<string, (input: Input) => Promise<number>> = new Map([
  ["add", async (input) => (await import("../recipes/add.ts")).addRecipe(input)],
  ["list", async (input) => (await import("../recipes/list.ts")).listRecipes(input)],
  ["remove", async (input) => (await import("../recipes/remove.ts")).removeRecipe(input)],
  ["run", async (input) => (await import("../recipes/run.ts")).runRecipe(input)],
]);

/** `recipe add | list | remove | run`: programs that others may have run with secrets. */
export const recipe: Command = {
  operands:
    "add NAME -- PROGRAM [ARGUMENT ...] | list | remove NAME | run NAME [PLACEHOLDER=VALUE ...]",
  arity: [1, 40],
  options: {
    describe: { type: "string", value: "TEXT", help: "add: what it is for" },
    env: {
      type: "string",
      multiple: true,
      value: "NAME=REF",
      help: "add: a variable with the value",
    },
    folder: { type: "string", value: "DIR", help: "add: where it runs; else here" },
  },
  examples: [
    "strongroom recipe add deploy --env TOKEN=strongroom://ci/token -- ./deploy '{where:dev|prod}'",
    "strongroom recipe list",
    "strongroom recipe run deploy where=dev",
    "strongroom recipe remove deploy",
  ],
  notes: [
    "A recipe is a program with references, which an agent may have run by strongroom mcp without",
    "seeing a value. {NAME:TYPE} in its arguments is what whoever runs it gives: integer, word,",
    "text, or a choice as dev|prod; never an option, and never through a shell. A key runs those",
    "alone whose secrets it may all get.",
  ],
  async run(input) {
    const part = PARTS.get(input.positionals[0] ?? "");
    if (part !== undefined) return await part(input);
    throw new StrongroomError("INVALID", "recipe: that is neither add, list, remove nor run", {
      hint: "strongroom help recipe",
    });
  },
};

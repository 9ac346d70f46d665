import { homedir } from "node:os";
import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { given, plainOperand, printingWords } from "./operands.ts";
import { ownWords } from "./own-command.ts";
import { keysOf, tableOf, tomlPart, tomlText } from "./toml-text.ts";
import type { Tool } from "./tool.ts";

/** What Codex does not take together with a command. */
const OTHERS = ["env_key", "experimental_bearer_token", "requires_openai_auth", "auth", "aws"];

/** Codex asks us for the token of one of its model providers (`auth.command`). */
export const codex: Tool = {
  operands: "PROVIDER NAME",
  arity: [2, 2],
  partOf: (provider) => tomlPart([...above(provider), "auth"]),
  aim: async (input, [provider = "", name = ""]) => {
    plainOperand(provider, "a provider");
    const printing = await printingWords(input, plainOperand(name, "the name"));
    const [command = "", ...args] = ownWords(printing, input.values["vault"], process.env);
    const folder = given(process.env, "CODEX_HOME") ?? join(homedir(), ".codex");
    return {
      file: join(folder, "config.toml"),
      value: `command = ${tomlText(command)}\nargs = [${args.map(tomlText).join(", ")}]`,
      demand: (text) => demandFit(text, provider),
    };
  },
};

function above(provider: string): readonly string[] {
  return ["model_providers", provider];
}

function demandFit(text: string, provider: string): void {
  const table = tableOf(text, above(provider));
  if (table === undefined) {
    throw new StrongroomError("NOT_FOUND", `Codex has no [model_providers.${provider}]`, {
      hint: "write that table with name and base_url; the providers that it comes with take no command",
    });
  }
  const other = keysOf(text, table).find((key) => OTHERS.includes(key));
  if (other === undefined) return;
  throw new StrongroomError(
    "CONFLICT",
    `[model_providers.${provider}] has ${other}, which Codex takes no command beside`,
    { hint: `take ${other} out of it, then: strongroom connect codex PROVIDER NAME` },
  );
}

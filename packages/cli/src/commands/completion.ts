import { StrongroomError } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { candidatesFor } from "../completion/candidates.ts";
import { SCRIPTS } from "../completion/scripts.ts";
import { writeData } from "../output.ts";

/** `completion SHELL`: what makes a shell complete our words, and what it asks for them. */
export const completion: Command = {
  operands: "bash | fish | powershell | zsh",
  arity: [1, Number.POSITIVE_INFINITY],
  options: {},
  examples: [
    "source <(strongroom completion bash)",
    "source <(strongroom completion zsh)",
    "strongroom completion fish | source",
  ],
  notes: [
    "Put the line into the file that your shell reads at its start. Names of secrets are completed",
    "while the vault is open; a locked one is silent, and none is opened for it.",
  ],
  async run({ positionals: [shell = "", ...words] }) {
    if (shell === "words") {
      await tell(words.length === 0 ? [""] : words);
      return 0;
    }
    const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
    if (script === undefined || words.length > 0) {
      throw new StrongroomError("INVALID", "completion takes bash, fish, powershell or zsh", {
        hint: "strongroom completion bash",
      });
    }
    writeData(script);
    return 0;
  },
};

async function tell(words: readonly string[]): Promise<void> {
  const last = words.at(-1) ?? "";
  const found = await candidatesFor(words);
  if (found === "files" || found === "commands") return writeData(`:${found}\n`);
  const all =
    found === "secrets" ? await (await import("../completion/names.ts")).secretNames(last) : found;
  const fitting = all.filter((each) => each.startsWith(last));
  writeData(fitting.map((each) => `${each}\n`).join(""));
}

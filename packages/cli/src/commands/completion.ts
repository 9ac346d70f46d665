import { StrongroomError } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { SCRIPTS } from "../completion/scripts.ts";
import { wordsFor } from "../completion/words.ts";
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
      const found = await wordsFor(words.length === 0 ? [""] : words);
      writeData(found.map((each) => `${each}\n`).join(""));
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

import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { isTerminal, writeJson, writeNote } from "../output.ts";
import { whileWorking } from "../progress.ts";

/** `clear`: in one turn of the vault, so that nothing outside the prefix is ever touched. */
export const clear: Command = {
  operands: "PREFIX",
  arity: [1, 1],
  options: { yes: { type: "boolean", help: "do not ask" } },
  examples: ["strongroom clear github/", "strongroom clear ci/ --yes"],
  notes: ["The versions are kept for 30 days: strongroom restore NAME --version N."],
  async run({ positionals: [prefix = ""], values, caller }) {
    if (prefix === "") {
      throw new StrongroomError("INVALID", "an empty prefix would delete everything", {
        hint: "strongroom help clear",
      });
    }
    if (values["yes"] !== true) {
      const { confirm } = await import("../prompt.ts");
      const question = `Delete every secret whose name begins with ${prefix}?`;
      await confirm(question, `strongroom clear ${shellWord(prefix)} --yes`);
    }
    const operations = [{ op: "clear", prefix }] as const;
    const { results, revision } = await whileWorking(
      "deleting",
      caller.change("vault/batch", { operations }),
    );
    const [result] = results;
    const cleared = result?.op === "clear" ? result.cleared : 0;
    if (values["json"] === true) writeJson({ cleared, revision });
    else if (isTerminal(2)) writeNote(`strongroom: deleted ${cleared}`);
    return 0;
  },
};

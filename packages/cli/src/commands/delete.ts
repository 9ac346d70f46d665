import type { Command } from "../command.ts";
import { demanded } from "../demand.ts";
import { writeJson } from "../output.ts";

/** `delete`, also `rm`. */
export const remove: Command = {
  operands: "NAME",
  arity: [1, 1],
  takes: "secret",
  options: {
    "if-version": { type: "string", integer: true, value: "N", help: "only if version N stands" },
  },
  examples: ["strongroom delete github/token", "strongroom delete github/token --if-version 3"],
  notes: [
    "Its versions are kept for 30 days: strongroom history NAME, strongroom restore NAME --version N.",
  ],
  async run({ positionals: [name = ""], values, caller }) {
    const expect = await demanded(values);
    const params = expect === undefined ? { name } : { name, expect };
    const deleted = await caller.change("secret/delete", params);
    if (values["json"] === true) writeJson(deleted);
    return 0;
  },
};

import type { Command } from "../command.ts";
import { writeJson, writeNote } from "../output.ts";
import { shellWord } from "../shell-word.ts";

/** `move`: a secret under another name, in one step. */
export const move: Command = {
  operands: "NAME NEWNAME",
  arity: [2, 2],
  takes: "secret",
  options: { force: { type: "boolean", help: "in the place of a secret that is there" } },
  examples: ["strongroom move github/token github/old-token"],
  notes: [
    "Value, tags, note and expiry come along. The versions of before stay with the old name, for 30",
    "days: strongroom history NAME. Nobody sees both names, or neither.",
  ],
  async run({ caller, positionals: [from = "", to = ""], values }) {
    const { encoding, metadata, value, version } = await caller.call("secret/get", { name: from });
    const expect = values["force"] === true ? {} : { expect: { absent: true } as const };
    const { results, revision } = await caller.change("vault/batch", {
      operations: [
        { op: "set", name: to, value, encoding, metadata, ...expect },
        { op: "delete", name: from, expect: { version } },
      ],
    });
    if (values["json"] === true) writeJson({ results, revision });
    else writeNote(`strongroom: its versions of before: strongroom history ${shellWord(from)}`);
    return 0;
  },
};

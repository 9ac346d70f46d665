import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";
import { writeJson, writeNote } from "../output.ts";

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
    const renewed = await isRenewed(caller, from);
    const expect = values["force"] === true ? {} : { expect: { absent: true } as const };
    const moving = caller.change("vault/batch", {
      operations: [
        { op: "set", name: to, value, encoding, metadata, ...expect },
        { op: "delete", name: from, expect: { version } },
      ],
    });
    const { results, revision } = await moving.catch((error: unknown) => {
      throw inTheWay(error, from, to);
    });
    if (values["json"] === true) writeJson({ results, revision });
    else {
      writeNote(`strongroom: its versions of before: strongroom history ${shellWord(from)}`);
      if (renewed) {
        writeNote(
          `strongroom: nothing renews it any more: strongroom renewer set ${shellWord(to)}`,
        );
      }
    }
    return 0;
  },
};

/** Whether its renewer goes with the old name; a key is not told. */
async function isRenewed(caller: Input["caller"], name: string): Promise<boolean> {
  if (name.includes("*")) return false;
  try {
    const { renewers } = await caller.call("renewer/list", { pattern: name });
    return renewers.length > 0;
  } catch (error) {
    if (error instanceof StrongroomError && error.code === "DENIED") return false;
    throw error;
  }
}

function inTheWay(error: unknown, from: string, to: string): unknown {
  if (!(error instanceof StrongroomError && error.code === "ALREADY_EXISTS")) return error;
  return new StrongroomError("ALREADY_EXISTS", `there is a secret named ${JSON.stringify(to)}`, {
    hint: `strongroom move ${shellWord(from)} ${shellWord(to)} --force`,
  });
}

import { resolve } from "node:path";
import type { Command } from "../command.ts";
import { readIdentity } from "../recovery/read.ts";
import { runLongProgram } from "../run-program.ts";
import { asJson, target } from "./offline.ts";

const STDIN = "-";
const WHAT = "making a vault of the backup";

/** `restore-backup`: makes a home of a backup; the vault that is in use is not touched. */
export const restoreBackup: Command = {
  operands: "FILE --to EMPTYDIR",
  arity: [1, 1],
  options: {
    identity: { type: "string", value: "FILE", help: "the recovery key or its words; - asks" },
    to: { type: "string", value: "EMPTYDIR", help: "where the new vault goes" },
  },
  examples: [
    "strongroom restore-backup vault.age --to /tmp/restored",
    "strongroom restore-backup vault.age --to /tmp/restored --identity recovery.txt",
  ],
  notes: [
    "Without --identity the key file of STRONGROOM_HOME opens the backup. The new vault has a key",
    "file of its own, opens with the recovery key as before, and says that it was made of a",
    "backup until: strongroom recovery confirm",
  ],
  async run({ positionals: [file = ""], values }) {
    const args = [
      "restore-backup",
      resolve(file),
      "--to",
      target("restore-backup", values),
      ...asJson(values),
    ];
    const { identity: from } = values;
    if (typeof from !== "string") return await runLongProgram(WHAT, args);
    // Through a pipe: arguments, variables and temporary files can be read by others.
    const command = "strongroom restore-backup FILE --to EMPTYDIR --identity FILE";
    const key = await readIdentity(from, command);
    return await runLongProgram(WHAT, [...args, "--identity", STDIN], `${key}\n`);
  },
};

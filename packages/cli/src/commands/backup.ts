import { readFileSync } from "node:fs";
import type { Command } from "../command.ts";
import { writeNewFile } from "../new-file.ts";
import { writeData, writeJson } from "../output.ts";
import { whileWorking } from "../progress.ts";

/** `backup`: encrypted to the keys of the vault, so one of them must be kept elsewhere too. */
export const backup: Command = {
  operands: "[FILE]",
  arity: [0, 1],
  options: {},
  examples: ["strongroom backup", "strongroom backup /media/stick/vault.age"],
  notes: [
    "Every key of the vault opens it: the key file, and recovery keys made before.",
    "Make a vault of it with: strongroom restore-backup FILE --to EMPTYDIR",
  ],
  async run({ positionals: [target], values, caller }) {
    const { file: written, revision } = await whileWorking(
      "writing a backup",
      caller.call("vault/backup", {}),
    );
    if (target !== undefined) {
      writeNewFile(target, readFileSync(written), `the backup itself is in ${written}`);
    }
    const file = target ?? written;
    if (values["json"] === true) writeJson({ file, revision });
    else writeData(`${file}\n`);
    return 0;
  },
};

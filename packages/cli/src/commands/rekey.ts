import type { Command } from "../command.ts";
import { writeJson, writeNote } from "../output.ts";
import { whileWorking } from "../progress.ts";
import { noteRenewal } from "../slots/renewed.ts";

/** `rekey`: nobody is asked for anything, as every slot is a recipient. */
export const rekey: Command = {
  operands: "",
  arity: [0, 0],
  options: {},
  patience: "10m",
  examples: ["strongroom rekey"],
  notes: [
    "Everything is written anew under a new data key; every slot opens the vault as before.",
    "It may be interrupted: the vault is then under the old or the new key, and whole.",
    "Backups that were made before stay under the old one: make a new one with strongroom backup",
  ],
  async run({ values, caller }) {
    const done = await whileWorking("rekeying", caller.call("vault/rekey", {}));
    if (values["json"] === true) writeJson(done);
    else {
      writeNote("strongroom: the vault has a new data key");
      noteRenewal();
    }
    return 0;
  },
};

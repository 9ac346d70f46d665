import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";
import { writeJson, writeNote } from "../output.ts";

const PARTS: ReadonlyMap<string, (input: Input) => Promise<number>> = new Map([
  ["confirm", confirmRestore],
  ["new", async (input) => (await import("../recovery/make.ts")).makeRecoveryKey(input)],
]);

/** `recovery new | confirm`: what is left when the home is gone, and the way back from that. */
export const recovery: Command = {
  operands: "new | confirm",
  arity: [1, 1],
  options: {
    label: { type: "string", value: "TEXT", help: "new: what the slot is called" },
    output: { type: "string", value: "FILE", help: "new: into a new file, or - for a pipe" },
    yes: { type: "boolean", help: "new: do not ask whether it is written down" },
  },
  examples: [
    "strongroom recovery new",
    "strongroom recovery new --output /media/stick/recovery.txt",
    "strongroom recovery confirm",
  ],
  notes: [
    "new makes an age identity, shows it once and gives the vault a slot for it. With it and a",
    "backup made afterwards: strongroom restore-backup FILE --to EMPTYDIR --identity FILE",
    "confirm ends what a vault says of itself that was made of a backup.",
  ],
  run(input) {
    const part = PARTS.get(input.positionals[0] ?? "");
    if (part !== undefined) return part(input);
    throw new StrongroomError("INVALID", "recovery: that is neither new nor confirm", {
      hint: "strongroom help recovery",
    });
  },
};

async function confirmRestore({ values, caller }: Input): Promise<number> {
  const done = await caller.call("vault/confirm", {});
  if (values["json"] === true) writeJson(done);
  else writeNote(`strongroom: ${done.confirmed ? "confirmed" : "there is nothing to confirm"}`);
  return 0;
}

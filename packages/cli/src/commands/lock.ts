import type { Command } from "../command.ts";
import { writeJson, writeNote } from "../output.ts";

/** `lock`: returns when no process holds a secret of the vault any more. */
export const lock: Command = {
  operands: "",
  arity: [0, 0],
  options: {},
  // Refreshes that are under way have ten seconds, and the next process starts after them.
  patience: "30s",
  examples: ["strongroom lock"],
  notes: [
    "The vault stays locked until `strongroom unlock`, whatever is started or stopped meanwhile.",
  ],
  async run({ values, caller }) {
    const locked = await caller.call("vault/lock", {});
    if (values["json"] === true) writeJson(locked);
    else writeNote("strongroom: locked");
    return 0;
  },
};

import type { Command } from "../command.ts";
import { writeData, writeJson } from "../output.ts";
import { whileWorking } from "../progress.ts";

/** `verify`: what is damaged ends it with 11. */
export const verify: Command = {
  operands: "",
  arity: [0, 0],
  options: {},
  examples: ["strongroom verify"],
  async run({ values, caller }) {
    const found = await whileWorking("reading the vault back", caller.call("vault/verify", {}));
    if (values["json"] === true) writeJson(found);
    else writeData(`ok: ${found.secrets} secrets, ${found.frames} frames\n`);
    return found.ok ? 0 : 11;
  },
};

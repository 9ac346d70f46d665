import { StrongroomError } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { writeData, writeJson } from "../output.ts";

/** `clock accept`: the clock of this machine is right, whatever the vault has seen. */
export const clock: Command = {
  operands: "accept",
  arity: [1, 1],
  options: {},
  examples: ["strongroom clock accept"],
  notes: [
    "The time of a vault never goes back by itself, so that nothing that expired lives again, and",
    "does not follow the clock far ahead before it has said so for a minute; a daemon that starts",
    "takes it as it is. After a clock was",
    "wrong, look at it (date), and accept it: expiry is judged by it from then on. What was",
    "revoked stays revoked.",
  ],
  async run({ positionals: [what], values, caller }) {
    if (what !== "accept") {
      throw new StrongroomError("INVALID", "clock: there is nothing but accept", {
        hint: "strongroom clock accept",
      });
    }
    const found = await caller.call("clock/accept", {});
    if (values["json"] === true) writeJson(found);
    else {
      const [time, before] = [found.time, found.before].map((each) => new Date(each).toISOString());
      writeData(`the vault goes by ${time} now; before it was ${before}\n`);
    }
    return 0;
  },
};

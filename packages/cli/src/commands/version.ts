import { PROTOCOL, VERSION } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { writeData, writeJson } from "../output.ts";

/** `version`: of this program; that of the daemon says `status`. */
export const version: Command = {
  operands: "",
  arity: [0, 0],
  options: {},
  examples: ["strongroom version --json"],
  run({ values }) {
    if (values["json"] === true) {
      writeJson({ version: VERSION, protocol: PROTOCOL, node: process.version });
    } else writeData(`strongroom ${VERSION}\n`);
    return Promise.resolve(0);
  },
};

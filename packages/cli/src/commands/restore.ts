import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { demanded } from "../demand.ts";
import { writeJson } from "../output.ts";

/** `restore`: a new version with an old value. */
export const restore: Command = {
  operands: "NAME --version N",
  arity: [1, 1],
  takes: "secret",
  options: {
    "if-version": { type: "string", integer: true, value: "N", help: "only if version N stands" },
    version: { type: "string", integer: true, value: "N", help: "the version to bring back" },
  },
  examples: ["strongroom history github/token", "strongroom restore github/token --version 3"],
  async run({ positionals: [name = ""], values, caller }) {
    const version = Number(values["version"]);
    if (!(version > 0)) {
      throw new StrongroomError("INVALID", "restore: --version says which version to bring back", {
        hint: `see which there are: strongroom history ${shellWord(name)}`,
      });
    }
    const expect = await demanded(values);
    const params = { name, version, ...(expect === undefined ? {} : { expect }) };
    const restored = await caller.change("secret/restore", params);
    if (values["json"] === true) writeJson(restored);
    return 0;
  },
};

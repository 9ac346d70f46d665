import type { Command } from "../command.ts";
import { columns } from "../listing.ts";
import { writeData, writeJson } from "../output.ts";

/** `history`: what versions of a name are kept; never their values. */
export const history: Command = {
  operands: "NAME",
  arity: [1, 1],
  takes: "secret",
  options: {},
  examples: ["strongroom history github/token"],
  notes: ["Read one with: strongroom get NAME --version N"],
  async run({ positionals: [name = ""], values, caller }) {
    const found = await caller.call("secret/history", { name });
    if (values["json"] === true) writeJson(found);
    else {
      const rows = found.versions.map(({ version, updatedAt, deleted, current }) => [
        `v${version}`,
        new Date(updatedAt).toISOString(),
        `${deleted ? "deleted " : ""}${current ? "current" : ""}`,
      ]);
      writeData(columns(rows));
    }
    return 0;
  },
};

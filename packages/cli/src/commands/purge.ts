import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { Command, OptionValue } from "../command.ts";
import { isTerminal, writeJson, writeNote } from "../output.ts";

/** `purge`: for good, so it asks. */
export const purge: Command = {
  operands: "NAME",
  arity: [1, 1],
  takes: "secret",
  options: {
    versions: { type: "string", value: "N,N", help: "only these versions; default the whole name" },
    yes: { type: "boolean", help: "do not ask" },
  },
  examples: ["strongroom purge github/token", "strongroom purge github/token --versions 1,2 --yes"],
  async run({ positionals: [name = ""], values, caller }) {
    const versions = parseVersions(values["versions"]);
    if (values["yes"] !== true) {
      const { confirm } = await import("../prompt.ts");
      const [what, only] =
        versions === undefined
          ? ["with all its history", ""]
          : [`versions ${versions.join(", ")}`, ` --versions ${versions.join(",")}`];
      const command = `strongroom purge ${shellWord(name)}${only} --yes`;
      await confirm(`Forget ${name} (${what}) for good?`, command);
    }
    const params = versions === undefined ? { name } : { name, versions };
    const done = await caller.change("secret/purge", params);
    if (values["json"] === true) writeJson(done);
    else if (isTerminal(2)) writeNote(`strongroom: forgot ${done.purged} versions`);
    return 0;
  },
};

function parseVersions(value: OptionValue): readonly number[] | undefined {
  if (typeof value !== "string") return undefined;
  const versions = value.split(",");
  if (versions.every((version) => /^[1-9]\d{0,14}$/.test(version))) return versions.map(Number);
  throw new StrongroomError("INVALID", "purge: --versions takes numbers with commas between", {
    hint: "strongroom help purge",
  });
}

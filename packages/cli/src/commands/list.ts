import type { Params, SecretEntry } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";
import { isTerminal, writeData, writeJson } from "../output.ts";
import { listAll } from "../pages.ts";

/** `list`, also `ls`: names, one a line. */
export const list: Command = {
  operands: "[PATTERN]",
  arity: [0, 1],
  takes: "secret",
  options: {
    all: { type: "boolean", help: "deleted and expired ones too" },
    long: { type: "boolean", help: "with version, time, tags and note" },
    tag: { type: "string", value: "TAG", help: "only those with this tag" },
  },
  examples: ["strongroom list", "strongroom list 'github/**' --long", "strongroom list --tag ci"],
  notes: ["In a pattern * stands for anything but /, ** for anything."],
  async run(input) {
    const { secrets, revision } = await listAll(input.caller, wanted(input));
    if (input.values["json"] === true) writeJson({ secrets, revision });
    else if (input.values["long"] === true)
      writeData((await import("../listing.ts")).describe(secrets));
    else writeData(await names(secrets));
    return 0;
  },
};

function wanted({ positionals: [pattern], values }: Input): Params<"secret/list"> {
  const { all, tag } = values;
  return {
    ...(pattern === undefined ? {} : { pattern }),
    ...(typeof tag === "string" ? { tag } : {}),
    ...(all === true ? { all } : {}),
  };
}

async function names(secrets: readonly SecretEntry[]): Promise<string> {
  if (!isTerminal(1)) return secrets.map(({ name }) => `${name}\n`).join("");
  const { escapeLine } = await import("../escape.ts");
  return secrets.map(({ name }) => `${escapeLine(name)}\n`).join("");
}

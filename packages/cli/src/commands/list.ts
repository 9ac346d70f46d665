import type { Params, SecretEntry } from "@strongroom/client/protocol";
import type { Command, Input, OptionValue } from "../command.ts";
import { isTerminal, writeData, writeJson } from "../output.ts";
import { listAll } from "../pages.ts";

/** `list`, also `ls`: names, one a line. */
export const list: Command = {
  operands: "[PATTERN]",
  arity: [0, 1],
  takes: "secret",
  options: {
    all: { type: "boolean", help: "deleted and expired ones too" },
    expiring: { type: "string", value: "14d", help: "only those that end within that time" },
    long: { type: "boolean", help: "with version, time, tags and note" },
    tag: { type: "string", value: "TAG", help: "only those with this tag" },
    tree: { type: "boolean", help: "as a tree, by the slashes of the names" },
  },
  examples: [
    "strongroom list",
    "strongroom list 'github/**' --long",
    "strongroom list --tag ci",
    "strongroom list --expiring 14d --tree",
  ],
  notes: ["In a pattern * stands for anything but /, ** for anything."],
  async run(input) {
    const { secrets: all, revision } = await listAll(input.caller, wanted(input));
    const secrets = await expiring(all, input.values["expiring"]);
    if (input.values["json"] === true) writeJson({ secrets, revision });
    else if (input.values["long"] === true)
      writeData((await import("../listing.ts")).describe(secrets));
    else if (input.values["tree"] === true)
      writeData((await import("../tree.ts")).tree(secrets.map(({ name }) => name)));
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

async function expiring(
  secrets: readonly SecretEntry[],
  within: OptionValue,
): Promise<readonly SecretEntry[]> {
  if (within === undefined) return secrets;
  const { spanOf } = await import("../moment.ts");
  const span = typeof within === "string" ? spanOf(within) : undefined;
  if (span === undefined) {
    const { StrongroomError } = await import("@strongroom/client/protocol");
    throw new StrongroomError("INVALID", "--expiring takes a time such as 14d, 12h or 30m", {
      hint: "strongroom list --expiring 14d",
    });
  }
  const until = Date.now() + span;
  return secrets.filter(
    ({ metadata: { expiresAt } }) => expiresAt !== undefined && expiresAt <= until,
  );
}

async function names(secrets: readonly SecretEntry[]): Promise<string> {
  if (!isTerminal(1)) return secrets.map(({ name }) => `${name}\n`).join("");
  const { escapeLine } = await import("../escape.ts");
  return secrets.map(({ name }) => `${escapeLine(name)}\n`).join("");
}

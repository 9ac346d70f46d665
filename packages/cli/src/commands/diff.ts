import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { columns } from "../listing.ts";
import { writeData, writeJson } from "../output.ts";
import { compare } from "../versions/compare.ts";
import type { Difference } from "../versions/compare.ts";

/** `diff`: which fields changed between two versions, and their lengths; never what is in them. */
export const diff: Command = {
  operands: "NAME",
  arity: [1, 1],
  takes: "secret",
  options: {
    from: { type: "string", integer: true, value: "N", help: "else the one before the other" },
    to: { type: "string", integer: true, value: "N", help: "else the current one" },
  },
  examples: ["strongroom diff db/config", "strongroom diff db/config --from 3 --to 7"],
  notes: [
    "Of values that are JSON objects field by field, of others as a whole. Exit 15 when they differ",
    "and 0 when they do not.",
  ],
  async run(input) {
    const {
      positionals: [name = ""],
      caller,
      values,
    } = input;
    const { from, to } = await chosen(input);
    const [before, after] = await Promise.all(
      [from, to].map(async (version) => {
        const found = await caller.call("secret/get", { name, version });
        return Buffer.from(found.value, found.encoding);
      }),
    );
    const differences = compare(before ?? Buffer.alloc(0), after ?? Buffer.alloc(0));
    const isSame = differences.every(({ isChanged }) => !isChanged);
    if (values["json"] === true) writeJson({ name, from, to, isSame, differences });
    else writeData(columns([["", `v${from}`, `v${to}`], ...differences.map(row)]));
    return isSame ? 0 : 15;
  },
};

function row({ after, before, field, isChanged }: Difference): readonly string[] {
  const mark = before === undefined ? "+" : after === undefined ? "-" : isChanged ? "~" : " ";
  return [`${mark} ${escapeLine(field)}`, size(before), size(after)];
}

function size(bytes: number | undefined): string {
  return bytes === undefined ? "" : `${bytes} B`;
}

async function chosen({ caller, positionals: [name = ""], values }: Input): Promise<{
  readonly from: number;
  readonly to: number;
}> {
  const { versions } = await caller.call("secret/history", { name });
  const kept = versions.filter(({ deleted }) => !deleted).map(({ version }) => version);
  const to = typeof values["to"] === "string" ? Number(values["to"]) : kept[0];
  // Where there is one alone, it shows which fields that has.
  const usual = kept.find((version) => version < (to ?? 0)) ?? kept.find((each) => each === to);
  const from = typeof values["from"] === "string" ? Number(values["from"]) : usual;
  if (from !== undefined && to !== undefined) return { from, to };
  throw new StrongroomError("NOT_FOUND", "there is no version before it to compare with", {
    hint: "strongroom history NAME shows the versions that are kept",
  });
}

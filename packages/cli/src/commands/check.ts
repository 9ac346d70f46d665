import { shellWord } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { columns } from "../listing.ts";
import { standingOf } from "../manifest/judge.ts";
import type { Standing } from "../manifest/judge.ts";
import { readManifest } from "../manifest/manifest.ts";
import { writeData, writeJson, writeNote } from "../output.ts";
import { listAll } from "../pages.ts";
import { formatReference } from "../references/reference.ts";

const PROBLEMS = 15;

interface Checked {
  readonly reference: string;
  readonly state: Standing;
  readonly isOptional: boolean;
  readonly description: string;
}

/** What goes on from there, with the name behind it. */
const NEXT: { readonly [state in Standing]?: string } = {
  expired: "set",
  missing: "set",
  "no-field": "edit",
  "no-value": "token",
  "no-version": "history",
};

/** `check`: whether all is there that a project needs. */
export const check: Command = {
  operands: "[FILE]",
  arity: [0, 1],
  options: {},
  examples: ["strongroom check", "strongroom check .env"],
  notes: [
    "FILE is a manifest, strongroom.json where none is named, which holds no value and so belongs",
    'into the repository: {"schema": 1, "secrets": {"strongroom://NAME": {"description": "what for"}}},',
    'with "optional": true where that is so; or a .env file with references. Exit 15 when something',
    "is missing that is not optional, is expired, or has not the version or the field; 2 for a file",
    "that is neither. A value is read only to look for its #FIELD.",
  ],
  async run({ caller, positionals: [file = "strongroom.json"], values }) {
    const needed = readManifest(file);
    const { secrets } = await listAll(caller, { pattern: "**", all: true });
    const known = new Map(secrets.map((secret) => [secret.name, secret]));
    const checked: Checked[] = [];
    for (const { description, isOptional, reference } of needed) {
      const state = await standingOf(caller, reference, known.get(reference.name));
      checked.push({ reference: formatReference(reference), state, isOptional, description });
    }
    const lacking = checked.filter(({ isOptional, state }) => state !== "ok" && !isOptional);
    if (values["json"] === true) writeJson({ checked, missing: lacking.length });
    else {
      writeData(columns(checked.map(row)));
      const first = checked.findIndex((each) => lacking.includes(each));
      const { name = "" } = needed[first]?.reference ?? {};
      const next = NEXT[checked[first]?.state ?? "ok"];
      if (next !== undefined) writeNote(`strongroom: next: strongroom ${next} ${shellWord(name)}`);
    }
    return lacking.length === 0 ? 0 : PROBLEMS;
  },
};

function row({ description, isOptional, reference, state }: Checked): readonly string[] {
  const mark = state !== "ok" && isOptional ? `${state} (optional)` : state;
  return [mark, escapeLine(reference), escapeLine(description)];
}

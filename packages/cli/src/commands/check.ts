import type { SecretEntry } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { columns } from "../listing.ts";
import { readManifest } from "../manifest/manifest.ts";
import type { Needed } from "../manifest/manifest.ts";
import { writeData, writeJson, writeNote } from "../output.ts";
import { listAll } from "../pages.ts";
import { formatReference } from "../references/reference.ts";
import { shellWord } from "../shell-word.ts";

const PROBLEMS = 15;

interface Checked {
  readonly reference: string;
  readonly state: "expired" | "missing" | "ok";
  readonly isOptional: boolean;
  readonly description: string;
}

/** `check`: whether all is there that a project needs; reads no value. */
export const check: Command = {
  operands: "[FILE]",
  arity: [0, 1],
  options: {},
  examples: ["strongroom check", "strongroom check .env"],
  notes: [
    "FILE is a manifest, strongroom.json where none is named, which holds no value and so belongs",
    'into the repository: {"schema": 1, "secrets": {"strongroom://NAME": {"description": "what for"}}},',
    'with "optional": true where that is so; or a .env file with references. Exit 15 when something',
    "is missing that is not optional.",
  ],
  async run({ caller, positionals: [file = "strongroom.json"], values }) {
    const needed = readManifest(file);
    const { secrets } = await listAll(caller, { pattern: "**", all: true });
    const known = new Map(secrets.map((secret) => [secret.name, secret]));
    const checked = needed.map((each) => judge(each, known.get(each.reference.name)));
    const lacking = checked.filter(({ isOptional, state }) => state !== "ok" && !isOptional);
    if (values["json"] === true) writeJson({ checked, missing: lacking.length });
    else {
      writeData(columns(checked.map(row)));
      const [first] = needed.filter((_, at) => lacking.includes(checked[at] as Checked));
      if (first !== undefined) {
        writeNote(`strongroom: next: strongroom set ${shellWord(first.reference.name)}`);
      }
    }
    return lacking.length === 0 ? 0 : PROBLEMS;
  },
};

function judge(needed: Needed, secret: SecretEntry | undefined): Checked {
  const { description, isOptional, reference } = needed;
  const isThere = secret !== undefined && secret.deleted !== true;
  const state = !isThere ? "missing" : secret.expired === true ? "expired" : "ok";
  return { reference: formatReference(reference), state, isOptional, description };
}

function row({ description, isOptional, reference, state }: Checked): readonly string[] {
  const mark = state !== "ok" && isOptional ? `${state} (optional)` : state;
  return [mark, escapeLine(reference), escapeLine(description)];
}

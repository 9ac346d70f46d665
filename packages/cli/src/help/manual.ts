import type { Command } from "../command.ts";
import { commonOf } from "../printable.ts";

/** What help says of a command, whatever it is shown as. */
export interface Manual {
  readonly verb: string;
  readonly summary: string;
  readonly operands: string;
  /** What follows `strongroom`, a way of calling it each. */
  readonly usage: readonly string[];
  readonly options: readonly { readonly option: string; readonly help: string }[];
  readonly paragraphs: readonly string[];
  readonly examples: readonly string[];
}

/** The manual of a command. */
export function manualOf(verb: string, summary: string, command: Command): Manual {
  const { examples, notes = [], operands } = command;
  const options = Object.entries({ ...command.options, ...commonOf(verb) })
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { help, short, value }]) => ({
      option: `${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`,
      help,
    }));
  return {
    verb,
    summary,
    operands,
    usage: operands.split(/ \| (?![^[]*\])/u).map((way) => `${verb} ${way}`.trimEnd()),
    options,
    paragraphs: paragraphsOf(notes),
    examples,
  };
}

function paragraphsOf(notes: readonly string[]): string[] {
  return notes
    .join("\n")
    .split("\n\n")
    .map((paragraph) => paragraph.replaceAll("\n", " "))
    .filter((paragraph) => paragraph !== "");
}

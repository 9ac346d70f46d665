import { Automaton } from "./automaton.ts";
import { bareForms, formsOf, hexForms } from "./forms.ts";

/** Below it text would be found that only looks alike without its spaces. */
const LEAST_LOOSE = 16;

/** What is looked for: each form of each value by one of four automata, which any output may share. */
export class Patterns {
  /** Short forms, and those with white space in them, as they are. */
  readonly exact: Automaton;
  /** Long ones, without white space: however they are broken into lines, groups and columns. */
  readonly loose: Automaton;
  /** What may stand behind escapes. */
  readonly bare: Automaton;
  /** What may stand in groups, with marks between them. */
  readonly hex: Automaton;

  /** `leastLine`: bytes of a line of a value that is looked for by itself. */
  constructor(values: readonly Buffer[], leastLine?: number) {
    const forms = values.flatMap((value) => formsOf(value, leastLine));
    const dense = forms.map((form) => form.filter((byte) => !isSpace(byte)));
    const isLoose = dense.map(({ length }) => length >= LEAST_LOOSE);
    this.exact = new Automaton(
      forms.filter(({ length }, at) => isLoose[at] !== true || dense[at]?.length !== length),
    );
    this.bare = new Automaton(values.flatMap((value) => bareForms(value, leastLine)));
    this.hex = new Automaton(values.flatMap(hexForms));
    this.loose = new Automaton(dense.filter((_, at) => isLoose[at]));
  }
}

/** Whether a byte stands between groups of hex: white space, and what else programs put there. */
export function isMark(byte: number): boolean {
  return isSpace(byte) || byte === 0x3a || byte === 0x2d || byte === 0x2c;
}

/** Whether a byte is white space of ASCII. */
export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

import type { Input } from "../command.ts";

/** One setting in the text of a tool's configuration, read and written by that text. */
export interface Part {
  /** What the tool calls it: `credsStore`. */
  readonly label: string;
  /** What stands there; undefined = nothing. `INVALID` for a text that the tool would not take. */
  readonly read: (text: string) => string | undefined;
  /** The text with another value there, or with none; all else stays as it is. */
  readonly put: (text: string, value: string | undefined) => string;
  /** Whether two values are one to the tool, where it writes them in its own way. */
  readonly isSame?: (one: string, other: string) => boolean;
}

/** What shall stand where, for one run of `connect`. */
export interface Aim {
  /** The file, as the tool finds it. */
  readonly file: string;
  readonly value: string;
  /** Refuses a text in which the value would do harm, or nothing. */
  readonly demand?: (text: string) => void;
  /** What is worth knowing of a text, a sentence each. */
  readonly remarks?: (text: string) => readonly string[];
  /** Has the tool itself read both texts; refuses when it finds more changed than was meant. */
  readonly prove?: (before: string, after: string) => void;
}

/** A tool that can be connected. */
export interface Tool {
  /** What follows its name, for help: `[URL]`. */
  readonly operands: string;
  /** How many operands there may be: at least, at most. */
  readonly arity: readonly [number, number];
  /** Whether it has one such setting; else the first operand names which it is. */
  readonly isSingle?: true;
  readonly partOf: (target: string) => Part;
  readonly aim: (input: Input, operands: readonly string[]) => Promise<Aim> | Aim;
}

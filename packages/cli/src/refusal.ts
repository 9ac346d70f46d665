/** What the command line itself refuses, with no error of the wire behind it. */
export const REFUSALS = {
  ABORTED: 3,
  NO_TERMINAL: 9,
  OUTPUT: 1,
  PROBLEMS: 15,
  UNSUPPORTED: 18,
} as const;

/** A refusal of the command line: its word, what is wrong, and the command that goes on. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: keyof typeof REFUSALS;
  readonly hint: string;

  constructor(code: keyof typeof REFUSALS, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }

  get exitCode(): number {
    return REFUSALS[this.code];
  }
}

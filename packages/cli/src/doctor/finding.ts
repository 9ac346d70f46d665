/** What one look found. */
export interface Finding {
  readonly check: string;
  /** `problem` makes the doctor end with 15; `note` is worth knowing. */
  readonly verdict: "note" | "ok" | "problem";
  readonly message: string;
  /** The command that mends it. */
  readonly mend?: string;
  /** Mends it, where that can do no harm. */
  readonly fix?: () => void;
}

/** As it should be. */
export function ok(check: string, message: string): Finding {
  return { check, verdict: "ok", message };
}

/** Worth knowing, and no problem. */
export function note(check: string, message: string, mend?: string, fix?: () => void): Finding {
  const more = { ...(mend === undefined ? {} : { mend }), ...(fix === undefined ? {} : { fix }) };
  return { check, verdict: "note", message, ...more };
}

/** Wrong, with the command that mends it. */
export function problem(check: string, message: string, mend: string, fix?: () => void): Finding {
  return { check, verdict: "problem", message, mend, ...(fix === undefined ? {} : { fix }) };
}

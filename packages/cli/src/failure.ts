import { ERRORS, StrongroomError } from "@strongroom/client/protocol";
import { escapeLine } from "./escape.ts";
import { hintFor } from "./owner-hint.ts";
import { isTerminal, toJson, writeNote } from "./output.ts";
import { Refusal } from "./refusal.ts";

interface Explained {
  readonly code: string;
  readonly exit: number;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
  readonly version?: number;
}

/**
 * Says on stderr what went wrong, its code, and the command that goes on: three lines, or one
 * of JSON. Returns the exit status, `status` where the command has one of its own.
 */
export function fail(error: unknown, json: boolean, status?: number): number {
  const { exit: usual, hint, ...rest } = explain(error);
  const explained = { ...rest, hint: hintFor(hint, process.env) };
  const exit = status ?? usual;
  if (json) {
    writeNote(toJson({ schema: 1, error: explained }));
    return exit;
  }
  writeNote(` ${escapeLine(explained.message)}`, colour("strongroom:"));
  writeNote(`  code: ${explained.code} (exit ${exit})`);
  writeNote(`  next: ${escapeLine(explained.hint)}`);
  return exit;
}

function explain(error: unknown): Explained {
  if (error instanceof StrongroomError) {
    const { code, exitCode: exit, message, hint, retryable, version } = error;
    const known = { code, exit, message, hint, retryable };
    return version === undefined ? known : { ...known, version };
  }
  if (error instanceof Refusal) {
    const { code, exitCode: exit, message, hint } = error;
    return { code, exit, message, hint, retryable: false };
  }
  // Its text may quote what it was given; the kind of error and the system's code cannot.
  const kind = error instanceof Error ? error.name : "error";
  const system = error instanceof Error && "code" in error ? ` ${String(error.code)}` : "";
  const message = `something unforeseen went wrong: ${kind}${system}`;
  return { code: "INTERNAL", exit: 1, message, hint: ERRORS.INTERNAL.hint, retryable: false };
}

function colour(text: string): string {
  const wanted = isTerminal(2) && (process.env["NO_COLOR"] ?? "") === "";
  return wanted ? `\u001b[1;31m${text}\u001b[0m` : text;
}

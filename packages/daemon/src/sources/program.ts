import { StrongroomError } from "@strongroom/client/protocol";
import { quoted } from "../vault/quote.ts";
import { outputOf } from "./output-of.ts";
import type { ProgramWords } from "./output-of.ts";
import { ownProgram } from "./own-program.ts";

/** Milliseconds that a program may take. */
const DEADLINE_MS = 5000;
const LONGEST_BYTES = 4096;

/**
 * The first line that a program writes to its standard output. Rejects with `DENIED` when others
 * could have put it there, with `UNAVAILABLE` when it fails; no error holds anything of what it
 * wrote. `slot`: the name of the slot, for people; undefined while it is being added.
 */
export async function firstLine(
  argv: readonly string[],
  slot: string | undefined,
  deadlineMs: number = DEADLINE_MS,
): Promise<string> {
  const [program = "", ...args] = argv;
  const words = wordsOf(slot, program);
  const path = await ownProgram(program, words);
  const output = await outputOf(
    [path, ...args],
    { deadlineMs, longestBytes: LONGEST_BYTES },
    words,
  );
  const [line = ""] = output.toString("utf8").split("\n");
  return line.trim();
}

function wordsOf(slot: string | undefined, program: string): ProgramWords {
  const which = `${slot === undefined ? "the new slot" : `slot ${slot}`} (${quoted(program)})`;
  const again =
    slot === undefined ? "strongroom slot add command -- /PROGRAM" : "strongroom unlock";
  return {
    denied: (what, mend) =>
      new StrongroomError("DENIED", `${which}: ${what}`, {
        hint:
          mend === undefined
            ? "name a program of yours or of root's by its absolute path, that only its owner may write"
            : `if you trust what is there: ${mend}; then: ${again}`,
      }),
    failed: (what, cause) =>
      new StrongroomError("UNAVAILABLE", `${which}: ${what}`, {
        hint: `run that program by hand, then: ${again}`,
        ...(cause === undefined ? {} : { cause }),
      }),
  };
}

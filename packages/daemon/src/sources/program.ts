import { StrongroomError } from "@strongroom/client/protocol";
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
  const words = wordsOf(slot);
  const [program = "", ...args] = argv;
  const path = await ownProgram(program, words);
  const output = await outputOf(
    [path, ...args],
    { deadlineMs, longestBytes: LONGEST_BYTES },
    words,
  );
  const [line = ""] = output.toString("utf8").split("\n");
  return line.trim();
}

function wordsOf(slot: string | undefined): ProgramWords {
  const which = slot === undefined ? "the new slot" : `slot ${slot}`;
  const again =
    slot === undefined ? "strongroom slot add command -- /PROGRAM" : "strongroom daemon restart";
  return {
    denied: (what) =>
      new StrongroomError("DENIED", `${which}: ${what}`, {
        hint: "name a program of yours or of root's by its absolute path, that only its owner may write",
      }),
    failed: (what, cause) =>
      new StrongroomError("UNAVAILABLE", `${which}: ${what}`, {
        hint: `run the program of the slot by hand, then: ${again}`,
        ...(cause === undefined ? {} : { cause }),
      }),
  };
}

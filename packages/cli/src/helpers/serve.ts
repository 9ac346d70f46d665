import { readFileSync } from "node:fs";
import type { Caller } from "../command.ts";
import { writeData } from "../output.ts";
import { QuickCaller } from "../quick-caller.ts";

const PATIENCE_MS = 5000;

/** Variables by which somebody acts as another, or otherwise, than the short way does. */
const NOT_PLAIN = [
  "STRONGROOM_API_KEY",
  "STRONGROOM_API_KEY_FILE",
  "STRONGROOM_PASSPHRASE_FILE",
  "STRONGROOM_TIMEOUT",
];

/**
 * Runs a helper of another program: what it is asked is on stdin, or was read from there, whom it
 * is for in its argument.
 */
export async function serveHelper(
  answer: (
    caller: Caller,
    operation: string,
    input: string,
  ) => Promise<{ text: string; isError: boolean }>,
  read?: string,
): Promise<void> {
  const [operation = ""] = process.argv.slice(2);
  const caller = await callerHere();
  try {
    const { isError, text } = await answer(
      caller,
      operation,
      operation === "list" ? "" : (read ?? input()),
    );
    writeData(text);
    process.exitCode = isError ? 1 : 0;
  } catch (error) {
    const { fail } = await import("../failure.ts");
    process.exitCode = fail(error, false);
  } finally {
    await caller.close();
  }
}

async function callerHere(): Promise<Closable> {
  // With a key somebody is never the owner, whose socket the short way takes.
  const isPlain = !NOT_PLAIN.some((name) => name in process.env);
  return isPlain ? new QuickCaller(PATIENCE_MS, thorough) : await thorough();
}

/** Who keeps another program's credentials makes no vault for them. */
async function thorough(): Promise<Closable> {
  const { callerFor } = await import("../open.ts");
  const helper = { operands: "", arity: [0, 0], options: {}, examples: [], run: nothing } as const;
  return callerFor(helper, { positionals: [], values: {} });
}

const nothing = (): Promise<number> => Promise.resolve(0);

interface Closable extends Caller {
  close(): Promise<void>;
}

function input(): string {
  return readFileSync(0, "utf8");
}

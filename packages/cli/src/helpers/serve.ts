import { readFileSync } from "node:fs";
import type { Caller } from "../command.ts";
import { writeData } from "../output.ts";
import { QuickCaller } from "../quick-caller.ts";

const PATIENCE_MS = 5000;

/** Runs a helper of another program: what it is asked is on stdin, whom it is for in its argument. */
export async function serveHelper(
  answer: (
    caller: Caller,
    operation: string,
    input: string,
  ) => Promise<{ text: string; isError: boolean }>,
): Promise<void> {
  const [operation = ""] = process.argv.slice(2);
  const caller = callerHere();
  try {
    const { isError, text } = await answer(caller, operation, operation === "list" ? "" : input());
    writeData(text);
    process.exitCode = isError ? 1 : 0;
  } catch (error) {
    const { fail } = await import("../failure.ts");
    process.exitCode = fail(error, false);
  } finally {
    await caller.close();
  }
}

function callerHere(): QuickCaller {
  const command = { creates: true } as const;
  return new QuickCaller(PATIENCE_MS, async () =>
    (await import("../open.ts")).callerFor(command as never, { positionals: [], values: {} }),
  );
}

function input(): string {
  return readFileSync(0, "utf8");
}

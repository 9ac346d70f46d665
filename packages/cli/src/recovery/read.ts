import { readFileSync } from "node:fs";
import { readAll } from "../value-input.ts";
import { unreadable } from "../unreadable.ts";
import { readRecoveryKey } from "./identity.ts";

const STDIN = "-";

/**
 * The identity in a file, in what standard input holds (`-`), or typed, not shown, where that is a
 * terminal: an age identity file, its line, or the 24 words. `INVALID` for anything else; exit 9
 * where nobody is there to be asked, with the `command` to run.
 */
export async function readIdentity(from: string, command: string): Promise<string> {
  return await readRecoveryKey(await textOf(from, command));
}

async function textOf(from: string, command: string): Promise<string> {
  if (from === STDIN && process.stdin.isTTY) {
    const { askHidden } = await import("../prompt.ts");
    return (await askHidden("Recovery key, or its 24 words (not shown): ", command)).toString();
  }
  try {
    return from === STDIN ? String(await readAll(process.stdin)) : readFileSync(from, "utf8");
  } catch (error) {
    throw unreadable("--identity", from, { error, next: command });
  }
}

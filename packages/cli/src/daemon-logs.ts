import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { resolveHome, StrongroomError } from "@strongroom/client/protocol";
import type { Input } from "./command.ts";
import { escapeText } from "./escape.ts";
import { isTerminal, writeData } from "./output.ts";

const LOG_FILE = "strongroomd.log";
/** How much of the end is shown, in bytes. */
const TAIL_BYTES = 65_536;
const LOOK_AGAIN_MS = 200;

/** Prints the end of the daemon's log, and with `--follow` what is added to it. */
export async function showLogs({ values }: Pick<Input, "values">): Promise<number> {
  const path = join(resolveHome(process.env).log, LOG_FILE);
  let file = open(path);
  try {
    const { size } = statsOf(file);
    let position = Math.max(0, size - TAIL_BYTES);
    // A line that is cut in its middle says nothing.
    if (position > 0) position += read(file, position, size).indexOf("\n") + 1;
    position = print(file, position);
    while (values["follow"] === true) {
      await pause(LOOK_AGAIN_MS);
      position = print(file, position);
      const next = reopen(path, file);
      if (next === undefined) continue;
      closeSync(file);
      [file, position] = [next, 0];
    }
  } finally {
    closeSync(file);
  }
  return 0;
}

function open(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
    throw new StrongroomError("NOT_FOUND", `no log in ${path}: ${code}`, {
      hint: "the daemon writes one when it runs: strongroom daemon start",
    });
  }
}

/** The file that stands at the path now, when the log was rotated. */
function reopen(path: string, file: number): number | undefined {
  try {
    const next = openSync(path, "r");
    if (statsOf(next).ino !== statsOf(file).ino) return next;
    closeSync(next);
  } catch {
    // Between two files there is none.
  }
  return undefined;
}

function print(file: number, position: number): number {
  const { size } = statsOf(file);
  const bytes = read(file, position, size);
  writeData(isTerminal(1) ? escapeText(bytes.toString()) : bytes);
  return position + bytes.length;
}

function statsOf(file: number): { readonly size: number; readonly ino: bigint } {
  const { size, ino } = fstatSync(file, { bigint: true });
  return { size: Number(size), ino };
}

function read(file: number, from: number, to: number): Buffer {
  const buffer = Buffer.alloc(Math.max(0, to - from));
  return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, from));
}

import { fstatSync, writeSync } from "node:fs";
import { Refusal } from "./refusal.ts";

const STDOUT = 1;
const STDERR = 2;

/** Whether a person looks at this output (1 = stdout, 2 = stderr). */
export function isTerminal(fd: 1 | 2): boolean {
  // The streams of the process cost milliseconds to make; only a character device can be one.
  try {
    if (!fstatSync(fd, { bigint: true }).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  return (fd === STDOUT ? process.stdout : process.stderr).isTTY;
}

/**
 * Writes data to stdout; throws the refusal `OUTPUT` when it cannot be written. A reader that has
 * left is none of our business.
 */
export function writeData(data: string | Uint8Array): void {
  write(STDOUT, data);
}

/** Writes data to stdout of something that goes on, also when nobody reads that. */
export function writePreview(data: string): void {
  write(STDOUT, data, true);
}

let amend = (line: string): string => line;

/** From now on what is said goes through this, so that its commands go on with what was begun. */
export function amendBy(amending: (line: string) => string): void {
  amend = amending;
}

/** What is said, as it holds for what was begun. */
export function amended(line: string): string {
  return amend(line);
}

/**
 * Writes one line to stderr, where somebody listens, whatever is in it: it may name what files and
 * vaults hold. What ends, and how, does not hang on it. `before` is ours, and obeyed.
 */
export function writeNote(line: string, before = ""): void {
  write(STDERR, `${before}${amend(line).replace(UNSEEN, escaped)}\n`);
}

let isTold = true;

/** From now on no line says how far work is: who reads JSON gets a result or an error, alone. */
export function tellNoProgress(): void {
  isTold = false;
}

/** Writes a line of how far work is to stderr. */
export function writeProgress(line: string): void {
  if (isTold) writeNote(line);
}

/** Writes a result as one line of JSON, marked with the version of its shape. */
export function writeJson(result: object): void {
  writeData(`${toJson({ schema: 1, ...result })}\n`);
}

// JSON lets these stand as they are; a terminal would obey them.
const UNSEEN = /[\p{Control}\p{Bidi_Control}\u2028\u2029]/gu;

function escaped(character: string): string {
  return `\\u{${character.charCodeAt(0).toString(16).padStart(2, "0")}}`;
}

/** JSON text that no terminal obeys. */
export function toJson(value: object): string {
  return JSON.stringify(value).replace(
    UNSEEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function write(fd: 1 | 2, data: string | Uint8Array, goesOn = false): void {
  const bytes = typeof data === "string" ? Buffer.from(data) : data;
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code !== "EAGAIN" && fd === STDERR) return;
      if (code === "EPIPE" && goesOn) return;
      if (code === "EPIPE") process.exit(0);
      if (code !== "EAGAIN") throw untold(String(code));
      // A pipe that does not block and is full: its stream knows how to wait.
      (fd === STDOUT ? process.stdout : process.stderr).write(bytes.subarray(written));
      return;
    }
  }
}

function untold(code: string): Refusal {
  return new Refusal(
    "OUTPUT",
    `standard output cannot be written (${code}); what was asked was done`,
    "let the output go where there is room for it, then repeat the command",
  );
}

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { StrongroomError } from "@strongroom/client/protocol";
import { exceeds } from "./json-bounds.ts";

/** Sources are no larger. */
const MOST_BYTES = 33_554_432;

/** A file of a source: regular, no link, at most 32 MiB. It may be anybody's. */
export function readSource(path: string): Buffer {
  const { file, size } = open(path);
  try {
    const content = Buffer.alloc(Math.min(size, MOST_BYTES) + 1);
    let length = 0;
    for (let more = 1; more > 0 && length < content.length; length += more) {
      more = readSync(file, content, length, content.length - length, null);
    }
    if (length > MOST_BYTES) throw tooLarge(path);
    return content.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function open(path: string): { readonly file: number; readonly size: number } {
  let file: number;
  try {
    const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants;
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    throw unreadable(path, error);
  }
  const stats = fstatSync(file, { bigint: true });
  if (stats.isFile() && stats.size <= MOST_BYTES) return { file, size: Number(stats.size) };
  closeSync(file);
  if (stats.isFile()) throw tooLarge(path);
  throw new StrongroomError("INVALID", `${path} is not a regular file`, { hint: HINT });
}

const HINT = "strongroom import --from KIND PATH";

function tooLarge(path: string, why = `is larger than ${MOST_BYTES} bytes`): StrongroomError {
  return new StrongroomError("TOO_LARGE", `${path} ${why}`, {
    hint: "split what is in it, or import a smaller one",
  });
}

/** What it says when something of a source cannot be read. */
export function unreadable(path: string, error: unknown): StrongroomError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
  if (code === "ELOOP" || code === "EMLINK") {
    return new StrongroomError("DENIED", `${path} is a symbolic link`, {
      hint: "name the file itself",
    });
  }
  const word = code === "ENOENT" || code === "ENOTDIR" ? "NOT_FOUND" : "INVALID";
  return new StrongroomError(word, `${path} cannot be read: ${code}`, { hint: HINT });
}

/** JSON of a source, an object; `CORRUPT` for what is none, or too deep, `TOO_LARGE` for too much. */
export function parseSource(text: string, path: string): { readonly [key: string]: unknown } {
  const bound = exceeds(text);
  if (bound === "size") throw tooLarge(path, "has more parts than are read at once");
  let value: unknown;
  try {
    if (bound === undefined) value = JSON.parse(text);
  } catch {
    // Its message may quote what it read.
  }
  if (isObject(value)) return value;
  throw corrupt(path, "it is no JSON object");
}

/** Whether a value is an object as JSON has them. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A source that is not what it should be. */
export function corrupt(path: string, why: string): StrongroomError {
  return new StrongroomError("CORRUPT", `${path}: ${why}`, {
    hint: "take the file from a copy, or leave it out",
  });
}

const BY_PASSWORD =
  "give the password of the source: strongroom import --passphrase-file FILE --from KIND PATH";

/** A source that does not open by what was given; the hint names what it is opened by. */
export function wrongKey(path: string, why: string, hint: string = BY_PASSWORD): StrongroomError {
  return new StrongroomError("WRONG_KEY", `${path}: ${why}`, { hint });
}

/** A source of a later version. */
export function newer(path: string, what: string): StrongroomError {
  return new StrongroomError("UNSUPPORTED_FORMAT", `${path}: ${what} is not known here`, {
    hint: "export it by the program that wrote it, then import that",
  });
}

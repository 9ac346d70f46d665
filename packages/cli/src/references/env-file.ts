import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { resolve } from "node:path";
import { parse } from "dotenv";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Approved } from "@strongroom/client/protocol";

const MOST_BYTES = 1_048_576;

/**
 * A .env file as it was read once: its variables are those of the content whose hash it names. Its
 * path is absolute and as it was given: a link that a repository brings is not the file it leads to.
 */
export interface EnvFile extends Approved {
  /** Where a link leads, when one does. */
  readonly target?: string;
  readonly variables: readonly (readonly [name: string, value: string])[];
}

/** Reads a .env file. What is no regular file has no content that could be approved: `INVALID`. */
export function readEnvFile(given: string): EnvFile {
  const target = found(given);
  const path = resolve(given);
  const content = readRegular(target);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const variables = Object.entries(parse(content));
  return { path, sha256, variables, ...(target === path ? {} : { target }) };
}

/** What identifies a file's content, for who approves it. */
export function approvedOf({ path, sha256 }: Approved): Approved {
  return { path, sha256 };
}

function found(given: string): string {
  try {
    // A pipe has no path that could be approved.
    if (!statSync(given, { bigint: true }).isFile())
      throw refused(`${given} is not a regular file`);
    return realpathSync(given);
  } catch (error) {
    if (error instanceof StrongroomError) throw error;
    throw unreadable(given, error);
  }
}

function readRegular(path: string): Buffer {
  let file: number;
  try {
    // Opened without waiting: a pipe in its place would wait for a writer for ever.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    if (!fstatSync(file, { bigint: true }).isFile()) throw refused(`${path} is not a regular file`);
    const content = Buffer.alloc(MOST_BYTES + 1);
    let length = 0;
    for (let more = 1; more > 0 && length < content.length; length += more) {
      more = readSync(file, content, length, content.length - length, null);
    }
    if (length > MOST_BYTES) throw refused(`${path} is larger than ${MOST_BYTES} bytes`);
    return content.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function refused(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, {
    hint: "strongroom run --env-file FILE -- PROGRAM",
  });
}

function unreadable(path: string, error: unknown): StrongroomError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
  return new StrongroomError(
    code === "ENOENT" ? "NOT_FOUND" : "INVALID",
    `--env-file ${path} cannot be read: ${code}`,
    { hint: "strongroom run --env-file FILE -- PROGRAM" },
  );
}

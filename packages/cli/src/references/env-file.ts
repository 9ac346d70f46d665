import { createHash } from "node:crypto";
import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "dotenv";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Approved } from "@strongroom/client/protocol";
import { readRegular } from "./regular-file.ts";

const HINT = "give --env-file the path of a .env file";

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
  const content = contentOf(target);
  if (content.includes(0)) throw refused(`${given} is no text of UTF-8`);
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

function contentOf(path: string): Buffer {
  try {
    return readRegular(path, HINT);
  } catch (error) {
    throw error instanceof StrongroomError ? error : unreadable(path, error);
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

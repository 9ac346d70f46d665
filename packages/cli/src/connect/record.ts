import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, resolveHome, StrongroomError } from "@strongroom/client/protocol";
import { isObject } from "../imports/source-file.ts";
import { writeNewFile } from "../new-file.ts";
import type { Splice } from "./splice.ts";

/** What one `connect` did to one file, enough to take it back. */
export interface Connection {
  readonly tool: string;
  readonly target: string;
  readonly file: string;
  /** What was put there, and what stood there before; absent = nothing. */
  readonly value: string;
  readonly previous?: string;
  /** SHA-256 of the whole text before (absent = there was no file) and after, in hex. */
  readonly before?: string;
  readonly after: string;
  readonly splice: Splice;
  /** Whether the file's folder was made for it. */
  readonly isNewFolder?: true;
}

/** One that was kept, and the file that keeps it. */
export interface Kept extends Connection {
  readonly keptIn: string;
}

/** What was connected and not taken back, oldest first. */
export function readConnections(): Kept[] {
  const folder = folderOf();
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
  return names.toSorted().map((name) => parsed(join(folder, name)));
}

/** Keeps one, on the disk when it returns; gives the file that keeps it. */
export function keepConnection(connection: Connection): string {
  const folder = folderOf();
  makeFolder(folder);
  const moment = String(Date.now()).padStart(14, "0");
  const path = join(folder, `${moment}-${randomBytes(4).toString("hex")}.json`);
  const text = JSON.stringify({ schema: 1, ...connection }, undefined, 2);
  writeNewFile(path, `${text}\n`, "make room, then repeat the command");
  return path;
}

/** Forgets one that was taken back. */
export function forgetConnection(path: string): void {
  rmSync(path, { force: true });
}

/** SHA-256 of a text, in hex. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function folderOf(): string {
  return join(resolveHome(process.env).config, "connections");
}

function parsed(path: string): Kept {
  try {
    const found: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isObject(found) && found["schema"] === 1 && isObject(found["splice"])) {
      return { ...(found as unknown as Connection), keptIn: path };
    }
  } catch {
    // Told below.
  }
  throw new StrongroomError("INVALID", `${path} cannot be read, or is not of this form`, {
    hint: "move it away; what was connected by it is then yours to take back",
  });
}

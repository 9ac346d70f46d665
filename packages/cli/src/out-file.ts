import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  realpathSync,
  statSync,
  writeSync,
} from "node:fs";
import type { BigIntStats } from "node:fs";
import { dirname } from "node:path";
import { isatty } from "node:tty";
import { StrongroomError } from "@strongroom/client/protocol";
import { escapeText } from "./escape.ts";
import { replaceFile } from "./replace-file.ts";
import { demandNoWorkTree } from "./work-tree.ts";

/** Where `--out` leads: to a file that is replaced, or into what is there already. */
export interface Out {
  /** Puts all of it there; what a terminal shows is escaped. */
  write(content: Uint8Array): void;
}

const STDOUT = 1;
const NAMED: { readonly [path: string]: number } = { "-": 1, "/dev/stderr": 2, "/dev/stdout": 1 };

/**
 * Judged before anything is asked for. A file is replaced, and refused inside a git work tree unless
 * forced (`DENIED`); pipes, terminals and other character devices are written into, as what the
 * shell has opened (`/dev/fd/N`) is; folders, sockets, disks, and what else lies in /dev and /proc
 * are `INVALID`. Undefined for standard output.
 */
export function outTo(
  path: string,
  { command, isForced }: { readonly command: string; readonly isForced: boolean },
): Out | undefined {
  const open = NAMED[path] ?? descriptorOf(path);
  if (open === STDOUT) return undefined;
  if (open !== undefined) return { write: (content) => pour(open, content, path) };
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (found?.isFIFO() === true || found?.isCharacterDevice() === true) {
    return { write: (content) => writeInto(path, content) };
  }
  if (found?.isFile() === false) throw unfit(path, `is ${kindOf(found)}`);
  if (/^\/(?:dev|proc)(?:\/|$)/u.test(folderOf(path))) throw unfit(path, "is the system's");
  if (!isForced) demandNoWorkTree(path, command);
  return { write: (content) => replaceFile(path, content) };
}

function descriptorOf(path: string): number | undefined {
  const number = /^\/(?:dev|proc\/self)\/fd\/(\d{1,7})$/u.exec(path)?.[1];
  return number === undefined ? undefined : Number(number);
}

function kindOf(found: BigIntStats): string {
  if (found.isDirectory()) return "a folder";
  return found.isSocket() ? "a socket" : "a disk";
}

function folderOf(path: string): string {
  try {
    return realpathSync.native(dirname(path));
  } catch {
    return dirname(path);
  }
}

function writeInto(path: string, content: Uint8Array): void {
  let file: number;
  try {
    file = openSync(path, constants.O_WRONLY | (constants.O_NOCTTY ?? 0));
  } catch (error) {
    throw unwritten(path, error);
  }
  try {
    // Another may have put a file in its place, which would be half of the old one and ours.
    if (fstatSync(file, { bigint: true }).isFile()) throw unfit(path, "is another file by now");
    pour(file, content, path);
  } finally {
    closeSync(file);
  }
}

function pour(file: number, content: Uint8Array, path: string): void {
  const bytes = isatty(file) ? Buffer.from(escapeText(Buffer.from(content).toString())) : content;
  try {
    for (let written = 0; written < bytes.length;) {
      written += writeSync(file, bytes, written);
    }
  } catch (error) {
    throw unwritten(path, error);
  }
}

function unfit(path: string, what: string): StrongroomError {
  return new StrongroomError("INVALID", `--out ${path} ${what}, and is left as it is`, {
    hint: "name a file: strongroom inject --in TEMPLATE --out FILE",
  });
}

function unwritten(path: string, error: unknown): StrongroomError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
  const word = code === "ENOSPC" ? "DISK_FULL" : "INVALID";
  return new StrongroomError(word, `cannot write ${path}: ${code}`, {
    hint: "name a file: strongroom inject --in TEMPLATE --out FILE",
  });
}

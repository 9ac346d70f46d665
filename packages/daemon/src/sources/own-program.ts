import { lstat, realpath } from "node:fs/promises";
import { dirname, isAbsolute } from "node:path";
import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { ProgramWords } from "./output-of.ts";

const OTHERS_WRITE = 0o022n;
const STICKY = 0o1000n;

/**
 * The real path of a program that nobody but the owner and root may change, or put another in the
 * place of: what is to be started. Rejects with `words.denied` for any other, or one that has no
 * absolute path; with `words.failed` for one that is not there.
 */
export async function ownProgram(program: string, words: ProgramWords): Promise<string> {
  if (!isAbsolute(program)) throw words.denied("its program has no absolute path");
  let path: string;
  try {
    path = await realpath(program);
    await ownOrThrow(path, words);
  } catch (cause) {
    if (cause instanceof StrongroomError) throw cause;
    throw words.failed("its program is not there", cause);
  }
  return path;
}

async function ownOrThrow(path: string, words: ProgramWords): Promise<void> {
  const file = await lstat(path, { bigint: true });
  if (!file.isFile()) throw words.denied("its program is not a file");
  if (process.getuid === undefined) return;
  if (!isOurs(file)) throw words.denied("its program belongs to another user");
  if ((file.mode & OTHERS_WRITE) !== 0n) {
    throw words.denied(
      "its program can be changed by other users",
      `chmod go-w ${shellWord(path)}`,
    );
  }
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const found = await lstat(folder, { bigint: true });
    // In a sticky folder nobody moves what is another's, such as the next one below.
    const isShut = (found.mode & OTHERS_WRITE) === 0n || (found.mode & STICKY) !== 0n;
    if (!isOurs(found) || !isShut) {
      throw words.denied(
        `its program is in a folder that other users can change: ${folder}`,
        isOurs(found) ? `chmod go-w ${shellWord(folder)}` : undefined,
      );
    }
    if (folder === dirname(folder)) return;
  }
}

function isOurs({ uid }: { readonly uid: bigint }): boolean {
  return uid === 0n || uid === BigInt(process.getuid?.() ?? 0);
}

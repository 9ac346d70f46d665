import { realpath, stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import type { ProgramWords } from "./output-of.ts";

const OTHERS_WRITE = 0o022n;

/**
 * Rejects with `words.denied` for a program that anybody but the owner and root may change, or that
 * has no absolute path; with `words.failed` for one that is not there.
 */
export async function ownProgramOrThrow(program: string, words: ProgramWords): Promise<void> {
  if (!isAbsolute(program)) throw words.denied("its program has no absolute path");
  let file: Awaited<ReturnType<typeof look>>;
  try {
    file = await look(program);
  } catch (cause) {
    throw words.failed("its program is not there", cause);
  }
  if (!file.isFile()) throw words.denied("its program is not a file");
  const uid = process.getuid?.();
  if (uid === undefined) return;
  if (file.uid !== 0n && file.uid !== BigInt(uid)) {
    throw words.denied("its program belongs to another user");
  }
  if ((file.mode & OTHERS_WRITE) !== 0n) {
    throw words.denied("its program can be changed by other users");
  }
}

async function look(program: string): Promise<import("node:fs").BigIntStats> {
  return await stat(await realpath(program), { bigint: true });
}

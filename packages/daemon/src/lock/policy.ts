import { join } from "node:path";
import type { AutolockPolicy } from "@strongroom/client/protocol";
import { parseParams } from "@strongroom/client/protocol";
import { discard, readWhole, writeNew } from "../storage/bytes.ts";
import type { Disk } from "../storage/disk.ts";
import { trouble } from "../storage/trouble.ts";

const NAME = "autolock.json";
const TEMPORARY = "autolock.json.tmp";

/**
 * What the owner chose last, in the state folder. Nothing is chosen where there is no file, or one
 * that is none of ours: whoever can put it there can put a valid one.
 */
export async function readPolicy(disk: Disk, stateFolder: string): Promise<AutolockPolicy> {
  const path = join(stateFolder, NAME);
  try {
    const text = (await readWhole(disk, path)).toString("utf8");
    return parseParams("vault/unlock", { autolock: JSON.parse(text) as unknown }).autolock ?? {};
  } catch {
    return {};
  }
}

/** Keeps a choice; durable when it resolves. Rejects with `DISK_FULL`, `READ_ONLY` or `UNAVAILABLE`. */
export async function writePolicy(
  disk: Disk,
  stateFolder: string,
  policy: AutolockPolicy,
): Promise<void> {
  const path = join(stateFolder, NAME);
  const temporary = join(stateFolder, TEMPORARY);
  try {
    await discard(disk, temporary);
    await writeNew(disk, temporary, Buffer.from(`${JSON.stringify(policy)}\n`));
    await disk.rename(temporary, path);
    await disk.syncFolder(stateFolder);
  } catch (error) {
    throw trouble(error, path);
  }
}

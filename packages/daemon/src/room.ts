import { constants } from "node:fs";
import { access, statfs } from "node:fs/promises";

/** A new journal, and something for the snapshot's overhead. */
const LEAST_BYTES = 8_388_608;

/**
 * Whether opening a vault again for writing is worth a try: its folder can be written and the
 * disk has room for a new journal and a snapshot of so many bytes. A quota is not seen here.
 */
export async function hasRoom(folder: string, snapshotBytes: number): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize > LEAST_BYTES + 2 * snapshotBytes;
  } catch {
    return false;
  }
}

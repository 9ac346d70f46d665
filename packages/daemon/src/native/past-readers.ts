import { setTimeout as pause } from "node:timers/promises";

/** What Windows answers while another process has the file open that is in the way. */
const IN_USE: ReadonlySet<unknown> = new Set(["EACCES", "EBUSY", "EPERM"]);
const TRIES = 20;
const PAUSE_MS = 25;

/**
 * Renames a file over another. On Windows that is refused as long as anybody reads the other one,
 * a client, an indexer or a virus scanner: there it is tried for half a second. Rejects with what
 * the system said last.
 */
export async function pastReaders(
  rename: () => Promise<void>,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await rename();
    } catch (error) {
      const isInUse = IN_USE.has((error as NodeJS.ErrnoException).code);
      if (platform !== "win32" || !isInUse || tries === TRIES) throw error;
    }
    await pause(PAUSE_MS * (0.5 + Math.random()));
  }
}

import { constants } from "node:fs";
import { link, open, rename, unlink } from "node:fs/promises";
import { formatRecord } from "@strongroom/client/protocol";
import type { DaemonRecord } from "@strongroom/client/protocol";
import { clearPath, sweepTemporaries, temporaryName } from "./clear.ts";
import { inodeAt, isAt } from "./inode.ts";
import type { Inode } from "./inode.ts";

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_WRONLY } = constants;
/** What `link` answers where a file system has no hard links. */
const NO_LINKS = new Set(["EMLINK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EPERM", "EXDEV"]);
const TRIES = 5;

/**
 * The daemon's record at `vault/daemon.pid`. Only for the holder of the lock: whoever holds it
 * may remove what an earlier daemon, or anybody, left there. The record is a hint to clients
 * and never worth a refusal, so callers may go on without one and publish later.
 */
export class Pidfile {
  readonly path: string;
  #published: Inode | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Whether the path names the record that we published. */
  isOurs(): boolean {
    return this.#published !== undefined && isAt(this.path, this.#published);
  }

  /** Publishes a record by exclusive creation, or over our own; never empty, never by a link. */
  async publish(record: DaemonRecord): Promise<void> {
    const text = formatRecord(record);
    const temporary = temporaryName(this.path);
    await writeNew(temporary, text);
    try {
      if (this.isOurs()) await rename(temporary, this.path);
      else await this.#place(temporary, text);
      this.#published = inodeAt(this.path);
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
    await sweepTemporaries(this.path);
  }

  /** Takes the record back, unless somebody put another in its place. */
  async remove(): Promise<void> {
    if (this.isOurs()) await unlink(this.path);
    this.#published = undefined;
  }

  async #place(temporary: string, text: string): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      await clearPath(this.path);
      try {
        await link(temporary, this.path);
        return;
      } catch (error) {
        const { code = "unknown" } = error as NodeJS.ErrnoException;
        // In place, a reader may meet half a record: without its last line it counts as none.
        if (NO_LINKS.has(code)) return writeNew(this.path, text);
        if (code !== "EEXIST" || tries === TRIES) throw error;
      }
    }
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}

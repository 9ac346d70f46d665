import { constants, readFileSync } from "node:fs";
import { link, open, rename, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { formatRecord } from "@strongroom/client/protocol";
import type { DaemonRecord } from "@strongroom/client/protocol";
import { pastReaders } from "../native/past-readers.ts";
import { clearPath, sweepTemporaries, temporaryName } from "./clear.ts";
import { inodeOf, isAt } from "./inode.ts";
import { Serial } from "./serial.ts";

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_WRONLY } = constants;
/** What `link` answers where a file system has no hard links. */
const NO_LINKS = new Set(["EMLINK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EPERM", "EXDEV"]);
const TRIES = 5;

/** A record that was written. */
interface Written {
  /** Whether that is what a path names. */
  readonly isAt: (path: string) => boolean;
  readonly close: () => Promise<void>;
}

/**
 * The daemon's record at `vault/daemon.pid`. Only for the holder of the lock: whoever holds it
 * may remove what an earlier daemon, or anybody, left there. The record is a hint to clients
 * and never worth a refusal, so callers may go on without one and publish later.
 */
export class Pidfile {
  readonly path: string;
  #published: Written | undefined;
  #removed = false;
  readonly #serial = new Serial();

  constructor(path: string) {
    this.path = path;
  }

  /** Whether the path names the record that we published. */
  isOurs(): boolean {
    return this.#published?.isAt(this.path) ?? false;
  }

  /** Publishes a record by exclusive creation, or over our own; never empty, never by a link. */
  publish(record: DaemonRecord): Promise<void> {
    return this.#serial.run(async () => {
      if (!this.#removed) await this.#publish(record);
    });
  }

  /** Takes the record back for good, unless somebody put another in its place. */
  remove(): Promise<void> {
    return this.#serial.run(async () => {
      this.#removed = true;
      try {
        if (this.isOurs()) await unlink(this.path);
      } finally {
        await this.#published?.close();
        this.#published = undefined;
      }
    });
  }

  async #publish(record: DaemonRecord): Promise<void> {
    const text = formatRecord(record);
    const temporary = temporaryName(this.path);
    let file = await writeNew(temporary, text);
    try {
      if (this.isOurs()) await pastReaders(() => rename(temporary, this.path));
      else if (!(await linked(temporary, this.path))) {
        await file.close();
        // In place, a reader may meet half a record: without its last line it counts as none.
        file = await writeNew(this.path, text);
      }
    } catch (error) {
      await file.close();
      throw error;
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
    await this.#published?.close();
    this.#published = file;
    await sweepTemporaries(this.path);
  }
}

/** Gives a file the name that it shall have, whatever stood there; false where links are refused. */
async function linked(temporary: string, path: string): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    await clearPath(path);
    try {
      await link(temporary, path);
      return true;
    } catch (error) {
      const { code = "unknown" } = error as NodeJS.ErrnoException;
      if (NO_LINKS.has(code)) return false;
      if (code !== "EEXIST" || tries === TRIES) throw error;
    }
  }
}

async function writeNew(path: string, text: string): Promise<Written> {
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    if (process.platform === "win32") return await closed(file, text);
    // Held open, so that no other file can get its inode.
    return { isAt: (at) => isAt(at, inodeOf(file.fd)), close: () => file.close() };
  } catch (error) {
    await unlink(path).catch(() => undefined);
    await file.close();
    throw error;
  }
}

/** There nothing takes the name of a file that is open, and its own name stays until it is closed. */
async function closed(file: FileHandle, text: string): Promise<Written> {
  await file.close();
  return { isAt: (at) => textAt(at) === text, close: async () => {} };
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

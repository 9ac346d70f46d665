import { join } from "node:path";
import { discard, readWhole, writeNew } from "../storage/bytes.ts";
import type { Disk } from "../storage/disk.ts";
import { codeOf, trouble } from "../storage/trouble.ts";

/** What locked a vault. */
export type LockReason = "asked" | "idle" | "suspended" | "time";

const NAME = "locked";
const REASONS: readonly LockReason[] = ["asked", "idle", "suspended", "time"];

/**
 * The file in the state folder that keeps a vault locked until its owner unlocks it, whatever
 * starts and ends meanwhile. That something has its name is what counts, whatever it is.
 */
export class Marker {
  readonly path: string;
  readonly #disk: Disk;
  readonly #folder: string;

  constructor(disk: Disk, stateFolder: string) {
    this.#disk = disk;
    this.#folder = stateFolder;
    this.path = join(stateFolder, NAME);
  }

  /** Durable when it resolves. Rejects with `DISK_FULL`, `READ_ONLY` or `UNAVAILABLE`. */
  async put(why: LockReason): Promise<void> {
    try {
      await writeNew(this.#disk, this.path, Buffer.from(`${why}\n`)).catch((error: unknown) => {
        // Whatever has the name locks: on a full disk an empty file does.
        if (this.#disk.identify(this.path) === undefined) throw error;
      });
      await this.#disk.syncFolder(this.#folder);
    } catch (error) {
      throw trouble(error, this.path);
    }
  }

  /** Why the vault is locked, undefined when it is not. What cannot be read locks as well. */
  async read(): Promise<LockReason | undefined> {
    try {
      const text = (await readWhole(this.#disk, this.path)).toString("latin1").trim();
      return REASONS.find((reason) => reason === text) ?? "asked";
    } catch (error) {
      return codeOf(error) === "ENOENT" ? undefined : "asked";
    }
  }

  /** Takes it away, durably. Rejects as `put` does. */
  async remove(): Promise<void> {
    try {
      await discard(this.#disk, this.path);
      await this.#disk.syncFolder(this.#folder);
    } catch (error) {
      throw trouble(error, this.path);
    }
  }
}

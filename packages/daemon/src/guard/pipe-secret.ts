import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { open, unlink } from "node:fs/promises";
import { formatPipeSecret, readPipeSecret } from "@strongroom/client/protocol";
import { clearPath } from "./clear.ts";
import { Serial } from "./serial.ts";

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_WRONLY } = constants;
const BYTES = 32;

/**
 * The secret of this start, drawn anew by each daemon, in a file that only its owner may read: who
 * can read it may use the daemon's pipe, and only who made it may be taken for the daemon. Only for
 * the holder of the lock, who may remove what an earlier daemon left at the path.
 */
export class PipeSecret {
  readonly path: string;
  readonly bytes: Uint8Array = randomBytes(BYTES);
  readonly #serial = new Serial();
  #removed = false;

  constructor(path: string) {
    this.path = path;
  }

  /** Whether clients that look find it. */
  isOurs(): boolean {
    return readPipeSecret(this.path)?.equals(this.bytes) ?? false;
  }

  /** Puts it at its path by exclusive creation, whatever stood there. */
  publish(): Promise<void> {
    return this.#serial.run(async () => {
      if (this.#removed || this.isOurs()) return;
      await clearPath(this.path);
      const file = await open(this.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      try {
        await file.writeFile(formatPipeSecret(this.bytes));
      } finally {
        await file.close();
      }
    });
  }

  /** Takes it back for good, unless it is another's by now. */
  remove(): Promise<void> {
    return this.#serial.run(async () => {
      this.#removed = true;
      if (this.isOurs()) await unlink(this.path);
    });
  }
}

import { join } from "node:path";
import { discard, writeZeros } from "./bytes.ts";
import type { Disk, DiskFile } from "./disk.ts";
import { epochName } from "./names.ts";

/** A journal so many times as long as it was made is soon replaced. */
const GROWN = 2;

/** Where a spare journal is made, and how large. */
export interface SpareInput {
  readonly disk: Disk;
  /** The vault folder. */
  readonly folder: string;
  /** The epoch that is served. */
  readonly epoch: bigint;
  readonly preallocate: number;
  readonly pause: () => Promise<void>;
}

/**
 * The zeros of the next journal, written in the background while frames go on, at most once an
 * epoch. They are nobody's journal before they get a header and are renamed. Nothing rests on
 * them: where they cannot be had, the next journal is made when it is needed.
 */
export class Spare {
  readonly #input: SpareInput;
  #made: Promise<DiskFile | undefined> | undefined;

  constructor(input: SpareInput) {
    this.#input = input;
  }

  /** Called after each frame with the journal's size; begins when the time has come. */
  consider(journalBytes: number): void {
    if (this.#made !== undefined || journalBytes <= GROWN * this.#input.preallocate) return;
    this.#made = this.#make();
  }

  /** The file, whole and durable, which is the caller's from now on; undefined: there is none. */
  async take(): Promise<DiskFile | undefined> {
    const made = this.#made;
    this.#made = Promise.resolve(undefined);
    return await made;
  }

  /** Gives its room back. Never rejects. */
  async discard(): Promise<void> {
    const file = await this.take();
    if (file !== undefined) await this.#remove(file);
  }

  async #make(): Promise<DiskFile | undefined> {
    const { disk, folder, epoch, preallocate, pause } = this.#input;
    let file: DiskFile | undefined;
    try {
      // Numbered as what is served: a higher number would have whoever comes next pass one over.
      file = await disk.create(join(folder, `${epochName("journal", epoch)}.tmp`));
      await writeZeros(file, { from: 0, to: preallocate, pause });
      await file.sync();
      return file;
    } catch {
      if (file !== undefined) await this.#remove(file);
      return undefined;
    }
  }

  async #remove(file: DiskFile): Promise<void> {
    try {
      await file.close();
      await discard(this.#input.disk, file.path);
    } catch {
      // The next opening sweeps it.
    }
  }
}

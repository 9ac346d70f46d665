import { Vigil } from "../vigil.ts";

/** Frames of at most so many milliseconds are waited for awake; and so long at most. */
const AWAKE_MS = 0.5;

/**
 * Waits awake for the sync of a single change on a fast disk. Where several share a frame there
 * are clients to whom the processor is of more use.
 */
export class SyncVigil {
  readonly #vigil: Vigil;
  #lastMs = Infinity;

  constructor(vigil: Vigil = new Vigil()) {
    this.#vigil = vigil;
  }

  /** A frame with so many changes is on its way. */
  began(changes: number): void {
    if (changes === 1 && this.#lastMs <= AWAKE_MS) this.#vigil.keep(AWAKE_MS);
  }

  /** It took so many milliseconds. */
  ended(ms: number): void {
    this.#lastMs = ms;
    this.#vigil.end();
  }
}

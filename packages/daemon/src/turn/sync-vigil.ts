import { Vigil } from "../vigil.ts";

/** Frames of at most so many milliseconds are waited for awake; and so long at most. */
const AWAKE_MS = 0.5;

/** Waits awake for the sync of a frame on a fast disk: those who share it do nothing meanwhile. */
export class SyncVigil {
  readonly #vigil: Vigil;
  #lastMs = Infinity;

  constructor(vigil: Vigil = new Vigil()) {
    this.#vigil = vigil;
  }

  /** A frame is on its way. */
  began(): void {
    if (this.#lastMs <= AWAKE_MS) this.#vigil.keep(AWAKE_MS);
  }

  /** It took so many milliseconds. */
  ended(ms: number): void {
    this.#lastMs = ms;
    this.#vigil.end();
  }
}

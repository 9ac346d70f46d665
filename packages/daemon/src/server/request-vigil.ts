import { Vigil } from "../vigil.ts";

/** A request that comes so soon after a reply is one of many. */
const SOON_MS = 0.15;
/** How long the next one is waited for awake. */
const AWAKE_MS = 0.1;

/**
 * Waits awake for the next request of clients that send one after the other: as long as they come
 * at once, and a tenth of a millisecond at most.
 */
export class RequestVigil {
  readonly #vigil: Vigil;
  readonly #now: () => number;
  #answeredAt = -Infinity;
  #isBusy = false;

  constructor(vigil: Vigil = new Vigil(), now: () => number = () => performance.now()) {
    this.#vigil = vigil;
    this.#now = now;
  }

  /** A request has come. */
  came(): void {
    this.#isBusy = this.#now() - this.#answeredAt < SOON_MS;
  }

  /** One was answered. */
  answered(): void {
    this.#answeredAt = this.#now();
    if (this.#isBusy) this.#vigil.keep(AWAKE_MS);
  }
}

/** Counts connections, and says when there has been none for a time. */
export class Presence {
  readonly #absent: () => void;
  #count = 0;
  #limitMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `absent` is called when nobody was connected for as long as `limit` said last. */
  constructor(absent: () => void) {
    this.#absent = absent;
  }

  get count(): number {
    return this.#count;
  }

  /** From now on, so many milliseconds without a connection are enough; undefined = never. */
  limit(milliseconds: number | undefined): void {
    this.#limitMs = milliseconds;
    this.#wait();
  }

  /** A connection was accepted; the function returned says, once, that it is closed. */
  arrived(): () => void {
    this.#count += 1;
    this.#wait();
    return () => {
      this.#count -= 1;
      this.#wait();
    };
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (this.#count > 0 || this.#limitMs === undefined) return;
    this.#timer = setTimeout(this.#absent, this.#limitMs);
    // A daemon that ends for another reason waits for no timer.
    this.#timer.unref();
  }
}

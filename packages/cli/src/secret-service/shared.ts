/**
 * Work that is done once for all who ask before it begins, and once at a time: who asks while it is
 * done has it done again, and so sees all that was so when they asked.
 */
export class Shared<T> {
  readonly #work: () => Promise<T>;
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<T> | undefined;

  constructor(work: () => Promise<T>) {
    this.#work = work;
  }

  take(): Promise<T> {
    if (this.#next !== undefined) return this.#next;
    const begin = (): Promise<T> => {
      this.#next = undefined;
      return this.#work();
    };
    this.#next = this.#running.then(begin, begin);
    this.#running = this.#next.catch(() => {});
    return this.#next;
  }
}

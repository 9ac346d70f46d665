import type { Need } from "./admission.ts";

/** What is journalled of quotas ahead of its use: all that wait for the same one share it. */
export class Reservations {
  readonly #reserve: (need: Need) => Promise<void>;
  readonly #made = new Map<string, Promise<void>>();

  /** `reserve`: resolves when so much or more is durable, or all that is left. */
  constructor({ reserve }: { readonly reserve: (need: Need) => Promise<void> }) {
    this.#reserve = reserve;
  }

  /** Resolves when there is more than there was; rejects with `QUOTA_EXCEEDED` when there is none. */
  async made(need: Need): Promise<void> {
    const { id } = need;
    let made = this.#made.get(id);
    if (made === undefined) {
      made = this.#reserve(need).finally(() => this.#made.delete(id));
      this.#made.set(id, made);
    }
    await made;
  }
}

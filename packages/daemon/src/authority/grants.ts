import type { KeyRecord } from "../vault/key-record.ts";

/** How many requests of a quota are journalled as used ahead of their use. */
const AHEAD = 100;

/**
 * Requests that were journalled as used and are not used yet. They are in memory alone: a crash
 * forfeits them, so no quota is ever over-granted.
 */
export class Grants {
  readonly #left = new Map<string, number>();

  /** How many a key was granted and has not used. */
  held(id: string): number {
    return this.#left.get(id) ?? 0;
  }

  /** How many of those it may still use: fewer when its quota was made less meanwhile. */
  left({ id, quota = 0, used = 0 }: Pick<KeyRecord, "id" | "quota" | "used">): number {
    const held = this.held(id);
    return Math.max(0, Math.min(held, quota - used + held));
  }

  /** Uses so many, all or none; false when there are fewer. */
  take(record: Pick<KeyRecord, "id" | "quota" | "used">, count = 1): boolean {
    if (this.left(record) < count) return false;
    this.#left.set(record.id, this.held(record.id) - count);
    return true;
  }

  /** Takes away all that is left, key by key. */
  takeAll(): readonly (readonly [id: string, left: number])[] {
    const all = [...this.#left].filter(([, left]) => left > 0);
    this.#left.clear();
    return all;
  }

  /** So many more are durable. */
  add(id: string, count: number): void {
    this.#left.set(id, this.held(id) + count);
  }
}

/** How many requests to journal ahead where `need` are asked; 0 when the quota is used up. */
export function aheadOf(
  { quota = 0, used = 0 }: Pick<KeyRecord, "quota" | "used">,
  need: number,
): number {
  return Math.max(0, Math.min(Math.max(AHEAD, need), quota - used));
}

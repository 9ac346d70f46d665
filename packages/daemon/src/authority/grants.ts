import type { KeyRecord } from "../vault/key-record.ts";

/** How many requests of a quota are journalled as used ahead of their use. */
const AHEAD = 100;

/**
 * Requests that were journalled as used and are not used yet. They are in memory alone: a crash
 * forfeits them, so no quota is ever over-granted.
 */
export class Grants {
  readonly #left = new Map<string, number>();

  /** Uses one; false when there is none, or when its quota is now less than what was used. */
  take({ id, quota = 0, used = 0 }: Pick<KeyRecord, "id" | "quota" | "used">): boolean {
    const left = this.#left.get(id) ?? 0;
    if (left < 1 || used - left >= quota) return false;
    this.#left.set(id, left - 1);
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
    this.#left.set(id, (this.#left.get(id) ?? 0) + count);
  }
}

/** How many requests to journal ahead; 0 when the quota is used up. */
export function aheadOf({ quota = 0, used = 0 }: Pick<KeyRecord, "quota" | "used">): number {
  return Math.max(0, Math.min(AHEAD, quota - used));
}

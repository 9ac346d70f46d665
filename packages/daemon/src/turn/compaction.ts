import type { DataKey } from "../keys/data-key.ts";
import type { Log } from "../storage/log.ts";
import type { VaultState } from "../vault/state.ts";
import { outcomeUnknown } from "./refusal.ts";

/** A journal below this is never compacted by itself; bytes. */
const JOURNAL_BYTES = 16_777_216;
/** So many bytes of audit entries are sealed, with those of one more turn: 8 MiB are not passed. */
const AUDIT_BYTES = 4_194_304;

type Sizes = ReturnType<Log["sizes"]>;

/** Decides when the journal, or the audit in it, has grown so large that a snapshot should replace it. */
export class Compaction {
  #underway = false;
  // After a failure (a full disk) the journal must grow by as much again before the next try.
  #notBelow = 0;

  /** Whether to begin now; it then counts as begun. `auditBytes`: what waits to be sealed. */
  begin({ journalBytes, snapshotBytes }: Sizes, auditBytes: number): boolean {
    const isLong = journalBytes > Math.max(JOURNAL_BYTES, 2 * snapshotBytes);
    const isDue = isLong || auditBytes > AUDIT_BYTES;
    if (this.#underway || !isDue || journalBytes <= this.#notBelow) return false;
    this.#underway = true;
    return true;
  }

  /** Called when what was begun has ended, with the journal's size if it failed. */
  ended(failedAt?: number): void {
    this.#underway = false;
    this.#notBelow = failedAt === undefined ? 0 : failedAt + JOURNAL_BYTES;
  }
}

/**
 * Begins a new epoch from the state, under another data key where one is given; what the log
 * cannot name is `DURABILITY_UNKNOWN`.
 */
export async function replaced(log: Log, state: VaultState, key?: DataKey): Promise<string> {
  try {
    await log.replace(state.records(), key);
  } catch (thrown) {
    throw outcomeUnknown(thrown);
  }
  return log.figures().epoch ?? "";
}

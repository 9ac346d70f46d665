import type { KeyChange } from "./change.ts";
import type { KeyRecord } from "./key-record.ts";
import { malformed } from "./reader.ts";
import type { VaultState } from "./state.ts";

/** What the commits of one frame will make of the API keys, laid over those that are durable. */
export class PendingKeys {
  readonly #state: VaultState;
  readonly #laid = new Map<string, KeyRecord | undefined>();
  #before = new Map<string, { readonly known: boolean; readonly record: KeyRecord | undefined }>();

  constructor(state: VaultState) {
    this.#state = state;
  }

  /** A key as it will be. */
  get(id: string): KeyRecord | undefined {
    return this.#laid.has(id) ? this.#laid.get(id) : this.#state.keys.get(id);
  }

  /** Every key as it will be, the oldest first. */
  all(): KeyRecord[] {
    const ids = new Set([...this.#state.keys.keys(), ...this.#laid.keys()]);
    return [...ids].flatMap((id) => this.get(id) ?? []);
  }

  /** A judgement begins: `undo` takes back what it does. */
  begin(): void {
    if (this.#before.size > 0) this.#before = new Map();
  }

  undo(): void {
    for (const [id, { known, record }] of this.#before) {
      if (known) this.#laid.set(id, record);
      else this.#laid.delete(id);
    }
  }

  /** Applies a change; `CORRUPT` when it does not follow. */
  apply(change: KeyChange): void {
    const id = change.kind === "key" ? change.record.id : change.id;
    if (!this.#before.has(id)) {
      this.#before.set(id, { known: this.#laid.has(id), record: this.#laid.get(id) });
    }
    if (change.kind === "forget-key" && this.get(id) === undefined) throw malformed();
    this.#laid.set(id, change.kind === "key" ? change.record : undefined);
  }

  /** Keys that are revoked at a time are so at an earlier one, too. */
  keepRevoked(at: number, earlier: number): void {
    for (const record of this.all()) {
      const { revokedAt = Infinity } = record;
      if (revokedAt > at || revokedAt <= earlier) continue;
      this.apply({ kind: "key", record: { ...record, revokedAt: earlier } });
    }
  }

  publish(): void {
    for (const [id, record] of this.#laid) {
      if (record === undefined) this.#state.dropKey(id);
      else this.#state.putKey(record);
    }
  }
}

import type { RenewerChange } from "./change.ts";
import type { NameChange } from "./evolve.ts";
import { OverlayMap } from "./overlay.ts";
import { malformed } from "./reader.ts";
import { renewed, renewerWeight } from "./renewer-record.ts";
import type { RenewerRecord } from "./renewer-record.ts";
import type { Counters, VaultState } from "./state.ts";

/** What the commits of one frame will make of the renewers, laid over the durable ones. */
export class PendingRenewers extends OverlayMap<RenewerRecord> {
  constructor(state: VaultState) {
    super(state.renewers, (name, record) => state.putRenewer(name, record));
  }

  /** Applies a change and returns what it makes of the counters; `CORRUPT` when it does not follow. */
  apply(change: RenewerChange, counters: Counters): Partial<Counters> {
    if (change.kind === "renewer") return this.#laid(change.record.name, change.record, counters);
    if (this.get(change.name) === undefined) throw malformed();
    return this.#laid(change.name, undefined, counters);
  }

  /**
   * What a change of its secret makes of a renewer, and so of the counters: one that is deleted
   * takes it along, for it must not come again by itself; a new value is young, whoever stored it.
   */
  follow({ kind, name }: NameChange, at: number, counters: Counters): Partial<Counters> {
    const record = this.get(name);
    if (record === undefined || kind === "drop") return {};
    const isGone = kind === "delete" || kind === "forget";
    return this.#laid(name, isGone ? undefined : renewed(record, at), counters);
  }

  #laid(name: string, after: RenewerRecord | undefined, { weight }: Counters): Partial<Counters> {
    const before = this.lay(name, after);
    return { weight: weight + renewerWeight(after) - renewerWeight(before) };
  }
}

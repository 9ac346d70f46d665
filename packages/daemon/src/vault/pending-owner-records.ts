import type { OwnerChange } from "./change.ts";
import { OverlayMap } from "./overlay.ts";
import { ownerRecordId, ownerRecordWeight } from "./owner-record.ts";
import type { OwnerRecord } from "./owner-record.ts";
import { malformed } from "./reader.ts";
import type { Counters, VaultState } from "./state.ts";

/** What the commits of one frame will make of the owner's records, laid over the durable ones. */
export class PendingOwnerRecords extends OverlayMap<OwnerRecord> {
  constructor(state: VaultState) {
    super(state.ownerRecords, (id, record) => state.putOwnerRecord(id, record));
  }

  /** Applies a change and returns what it makes of the counters; `CORRUPT` when it does not follow. */
  apply(change: OwnerChange, { weight }: Counters): Partial<Counters> {
    const after = change.kind === "owner-record" ? change.record : undefined;
    const id = change.kind === "owner-record" ? ownerRecordId(change.record) : change.id;
    const before = this.lay(id, after);
    if (after === undefined && before === undefined) throw malformed();
    return { weight: weight + ownerRecordWeight(after) - ownerRecordWeight(before) };
  }
}

import type { Params } from "@strongroom/client/protocol";
import type { Gate } from "../authority/gate.ts";
import { usedUp } from "../authority/refusal.ts";
import { aheadOf } from "../authority/grants.ts";
import { COMMIT_BYTES } from "../handlers/bytes.ts";
import { KEY_RECORD_BYTES } from "../handlers/keys.ts";
import type { Pending } from "../vault/pending.ts";
import type { Caller, CancelSignal, TurnMethod } from "./turn.ts";
import type { Mutation, Writer } from "./writer.ts";

const ownerMay = (): void => {};

type Judged = Pick<Mutation, "admit" | "judge">;

/** How a change is judged: the caller first, in the same step, then the change. */
export function judgedBy<M extends TurnMethod>(
  gate: Gate,
  { key, provedAt, session }: Caller,
  method: M,
  params: Params<M>,
  judge: (pending: Pending) => readonly number[],
): Judged {
  if (key === undefined) return { admit: (pending) => gate.admitOwner(pending, provedAt), judge };
  const who = { key, session };
  return {
    admit: (pending, now) => {
      gate.admit(pending.keys, who, { method, params, least: pending.effective(now) });
    },
    judge: (pending) => gate.judge(pending, who, params, () => judge(pending)),
  };
}

/** Gives back to the quotas of keys what was granted ahead and is not used. */
export function giveBack(gate: Gate, writer: Pick<Writer, "submit">, since: number): void {
  const signal = new AbortController().signal;
  for (const [id, left] of gate.grants.takeAll()) {
    writer.submit({
      since,
      signal,
      bytes: COMMIT_BYTES + KEY_RECORD_BYTES,
      frees: false,
      fingerprint: undefined,
      seen: undefined,
      admit: ownerMay,
      judge: (pending) => {
        const record = pending.keys.get(id);
        if (record?.used === undefined) return [];
        const used = Math.max(0, record.used - left);
        pending.record({ kind: "key", record: { ...record, used } });
        return [];
      },
      // What could not be given back is forfeit, as it is by a crash.
      answer: ownerMay,
      refuse: ownerMay,
    });
  }
}

/** So many requests of a key's quota, which are about to be used. */
export interface Need {
  readonly id: string;
  readonly need: number;
}

/** Journals some of a key's quota as used, ahead of its use; resolves when that is durable. */
export function reserved(
  gate: Gate,
  writer: Pick<Writer, "submit">,
  need: Need,
  since: number,
): Promise<void> {
  // Others may wait for the same one: it is not taken back with one of them.
  const { signal } = new AbortController();
  return new Promise((done, failed) => {
    writer.submit(reservation(gate, need, { since, signal }, { done, failed }));
  });
}

/** A change that journals some of a key's quota as used, ahead of its use. */
function reservation(
  gate: Gate,
  { id, need }: Need,
  waiting: { readonly since: number; readonly signal: CancelSignal },
  settle: { readonly done: () => void; readonly failed: Mutation["refuse"] },
): Mutation {
  return {
    ...waiting,
    bytes: COMMIT_BYTES + KEY_RECORD_BYTES,
    frees: false,
    fingerprint: undefined,
    seen: undefined,
    admit: ownerMay,
    judge: (pending) => {
      const record = pending.keys.get(id);
      const ahead = record === undefined ? 0 : aheadOf(record, need);
      if (record === undefined || ahead === 0) throw usedUp();
      const used = (record.used ?? 0) + ahead;
      pending.record({ kind: "key", record: { ...record, used } });
      return [ahead];
    },
    answer: ([ahead = 0]) => {
      gate.grants.add(id, ahead);
      settle.done();
    },
    refuse: settle.failed,
  };
}

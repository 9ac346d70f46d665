import type { Params, Repeatable } from "@strongroom/client/protocol";
import { eventBytes } from "../audit/entry.ts";
import type { Event } from "../audit/entry.ts";
import { BY_ITSELF } from "../audit/of-commit.ts";
import type { Gate } from "../authority/gate.ts";
import { usedUp } from "../authority/refusal.ts";
import { aheadOf } from "../authority/grants.ts";
import { COMMIT_BYTES } from "../handlers/bytes.ts";
import { KEY_RECORD_BYTES, MINTING } from "../handlers/keys.ts";
import type { Pending } from "../vault/pending.ts";
import type { Caller, CancelSignal, TurnMethod } from "./turn.ts";
import { refusalOf } from "./refusal.ts";
import type { Mutation } from "./mutation.ts";
import type { Writer } from "./writer.ts";

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

/** The params of a change, with what the turn adds to those of some methods. */
export function givenTo<M extends TurnMethod>(
  method: M,
  params: Params<M>,
  { minter, time }: Gate,
  { actor }: Caller,
): Params<M> {
  if (method === "clock/accept") return { ...params, wall: time.wall() };
  if (!MINTING.has(method)) return params;
  return { ...params, minting: minter.minting(actor, (params as Repeatable).requestId) };
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
      by: BY_ITSELF,
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

/** Who waits for a change that no method asked for, and since when. */
export interface Waiter {
  readonly since: number;
  readonly signal: CancelSignal;
}

/** How they hear of it. */
export interface Settle {
  readonly done: () => void;
  readonly failed: Mutation["refuse"];
}

/** Queues a change and resolves when it is durable. */
export function queued(
  writer: Pick<Writer, "submit">,
  waiting: Waiter,
  change: (waiting: Waiter, settle: Settle) => Mutation,
): Promise<void> {
  return new Promise((resolve, reject) => {
    writer.submit(change(waiting, { done: resolve, failed: reject }));
  });
}

/** Queues work that must not meet a frame in flight. */
export function exclusively<T>(
  writer: Pick<Writer, "doubt" | "submit">,
  waiting: Waiter,
  work: () => Promise<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const run = async (): Promise<void> => {
      try {
        resolve(await work());
      } catch (thrown) {
        const error = refusalOf(thrown);
        writer.doubt(error);
        reject(error);
      }
    };
    writer.submit({ ...waiting, run, refuse: reject });
  });
}

/** Puts events into a frame that changes nothing else. */
export function recording(events: readonly Event[], waiting: Waiter, settle: Settle): Mutation {
  return {
    ...waiting,
    bytes: events.reduce((sum, event) => sum + eventBytes(event), 0),
    frees: false,
    fingerprint: undefined,
    seen: undefined,
    by: BY_ITSELF,
    events,
    admit: ownerMay,
    judge: () => [],
    answer: settle.done,
    refuse: settle.failed,
  };
}

/** So many requests of a key's quota, which are about to be used. */
export interface Need {
  readonly id: string;
  readonly need: number;
}

/** A change that journals some of a key's quota as used, ahead of its use. */
export function reservation(
  gate: Gate,
  { id, need }: Need,
  waiting: Waiter,
  settle: Settle,
): Mutation {
  return {
    ...waiting,
    bytes: COMMIT_BYTES + KEY_RECORD_BYTES,
    frees: false,
    fingerprint: undefined,
    seen: undefined,
    by: BY_ITSELF,
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

import type { LogSink } from "../storage/log.ts";
import { readCommits } from "./commit.ts";
import { SortedNames } from "./names.ts";
import { Pending } from "./pending.ts";
import { RequestMemory } from "./requests.ts";
import type { Secret } from "./secret.ts";
import { readSnapshotRecord, snapshotRecords } from "./snapshot.ts";

/** Counters of the vault as a whole. */
export interface Counters {
  /** The global counter of commits. */
  revision: number;
  /** No new name starts at this version or below. */
  floor: number;
  /** The highest wall time of any commit: time for expiry never falls behind it. */
  maxTime: number;
  /** Names that have a value, expired ones too. */
  live: number;
  /** What all names weigh, in bytes. */
  weight: number;
}

/** What a reader may see of the vault: all of it is durable. */
export interface VaultView {
  readonly counters: Readonly<Counters>;
  readonly requests: RequestMemory;
  get(name: string): Secret | undefined;
  /** Every name in byte order, deleted ones too. */
  names(): readonly string[];
}

/**
 * The vault in memory: what is durable and nothing else. It changes only by the publication of
 * a `Pending`, by which also a log is replayed.
 */
export class VaultState implements LogSink, VaultView {
  readonly counters: Counters = { revision: 0, floor: 0, maxTime: 0, live: 0, weight: 0 };
  readonly requests: RequestMemory = new RequestMemory();
  readonly #secrets = new Map<string, Secret>();
  readonly #names = new SortedNames((name) => this.#secrets.has(name));

  get(name: string): Secret | undefined {
    return this.#secrets.get(name);
  }

  names(): readonly string[] {
    return this.#names.list();
  }

  /** One record of the snapshot; `CORRUPT` or `UNSUPPORTED_FORMAT` when it cannot be read. */
  record(record: Uint8Array): void {
    readSnapshotRecord(this, record);
  }

  /** The payload of one committed frame. */
  frame(payload: Uint8Array): void {
    const pending = new Pending(this);
    for (const commit of readCommits(payload)) pending.replay(commit);
    pending.publish();
  }

  /**
   * The state as snapshot records, made one by one while they are asked for: the state must not
   * change meanwhile. What lives moves into slabs of its own, so that garbage around it goes.
   */
  records(): Iterable<Uint8Array> {
    return snapshotRecords(this);
  }

  /** Puts a name in place, or away; the counters are the caller's business. */
  put(name: string, secret: Secret | undefined): void {
    const known = this.#secrets.has(name);
    if (secret !== undefined) {
      this.#secrets.set(name, secret);
      if (!known) this.#names.add(name);
    } else if (known) {
      this.#secrets.delete(name);
      this.#names.remove();
    }
  }
}

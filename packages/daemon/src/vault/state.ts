import { Trail } from "../audit/trail.ts";
import { Feed } from "../feed/feed.ts";
import type { LogSink } from "../storage/log.ts";
import { openContents, packContents } from "./contents.ts";
import { readFrame } from "./frame-records.ts";
import { SortedNames } from "./names.ts";
import type { KeyRecord } from "./key-record.ts";
import type { OAuthRecord } from "./oauth-record.ts";
import type { OwnerRecord } from "./owner-record.ts";
import type { RenewerRecord } from "./renewer-record.ts";
import { Pending } from "./pending.ts";
import { Places } from "./places.ts";
import type { Place } from "./places.ts";
import { RequestMemory } from "./requests.ts";
import { isLive } from "./secret.ts";
import type { Secret } from "./secret.ts";
import { readSnapshotRecord, snapshotRecords } from "./snapshot.ts";

/** Counters of the vault as a whole, and its policy. */
export interface Counters {
  /** The global counter of commits. */
  revision: number;
  /** No new name starts at this version or below. */
  floor: number;
  /** The highest wall time of any commit: time for expiry never falls behind it. */
  maxTime: number;
  /** Names that have a value, expired ones too, and OAuth credentials. */
  live: number;
  /** What all names weigh, in bytes. */
  weight: number;
  /** Whether whoever comes by the owner's socket must show a key, or prove a slot. */
  requireKey: boolean;
}

/** What a reader may see of the vault: all of it is durable. */
export interface VaultView {
  readonly counters: Readonly<Counters>;
  readonly requests: RequestMemory;
  /** The API keys by their ids, in the order in which they were made. */
  readonly keys: ReadonlyMap<string, KeyRecord>;
  /** The OAuth credentials by their names. */
  readonly oauth: ReadonlyMap<string, OAuthRecord>;
  /** The programs that renew secrets, by the names of these. */
  readonly renewers: ReadonlyMap<string, RenewerRecord>;
  /** What its owner has laid down, by their ids. */
  readonly ownerRecords: ReadonlyMap<string, OwnerRecord>;
  /** The key whose proof that is. */
  keyOf(proof: string): KeyRecord | undefined;
  get(name: string): Secret | undefined;
  /** Whether all of it is seen: by its owner. */
  readonly isWhole: boolean;
  /** Whether a name may be seen, whether or not it is there. */
  sees(name: string): boolean;
  /** Every name in byte order, deleted ones too. */
  names(): readonly string[];
}

/**
 * The vault in memory: what is durable and nothing else. It changes only by the publication of
 * a `Pending`, by which also a log is replayed.
 */
export class VaultState implements LogSink, VaultView {
  readonly counters: Counters = {
    revision: 0,
    floor: 0,
    maxTime: 0,
    live: 0,
    weight: 0,
    requireKey: false,
  };
  readonly requests: RequestMemory = new RequestMemory();
  /** Who did what, as far as it is durable. */
  readonly audit: Trail = new Trail();
  /** What happened lately, for who watches. */
  readonly feed: Feed = new Feed();
  readonly isWhole = true;
  readonly #keys = new Map<string, KeyRecord>();
  readonly #oauth = new Map<string, OAuthRecord>();
  readonly #renewers = new Map<string, RenewerRecord>();
  readonly #ownerRecords = new Map<string, OwnerRecord>();
  readonly #proofs = new Map<string, string>();
  readonly #kept = new Places();
  readonly #places = new Map<string, Place>();
  readonly #names = new SortedNames((name) => this.#places.has(name));

  get keys(): ReadonlyMap<string, KeyRecord> {
    return this.#keys;
  }

  get oauth(): ReadonlyMap<string, OAuthRecord> {
    return this.#oauth;
  }

  get renewers(): ReadonlyMap<string, RenewerRecord> {
    return this.#renewers;
  }

  /** Puts a renewer in place, or away; the counters are the caller's business. */
  putRenewer(name: string, record: RenewerRecord | undefined): void {
    if (record === undefined) this.#renewers.delete(name);
    else this.#renewers.set(name, record);
  }

  get ownerRecords(): ReadonlyMap<string, OwnerRecord> {
    return this.#ownerRecords;
  }

  /** Puts a record of the owner in place, or away; the counters are the caller's business. */
  putOwnerRecord(id: string, record: OwnerRecord | undefined): void {
    if (record === undefined) this.#ownerRecords.delete(id);
    else this.#ownerRecords.set(id, record);
  }

  /** Puts an OAuth credential in place, or away; the counters are the caller's business. */
  putOAuth(name: string, record: OAuthRecord | undefined): void {
    if (record === undefined) this.#oauth.delete(name);
    else this.#oauth.set(name, record);
  }

  /** Puts an API key in place. */
  putKey(record: KeyRecord): void {
    this.#keys.set(record.id, record);
    this.#proofs.set(record.proof, record.id);
  }

  keyOf(proof: string): KeyRecord | undefined {
    return this.#keys.get(this.#proofs.get(proof) ?? "");
  }

  /** Puts an API key away. */
  dropKey(id: string): void {
    this.#proofs.delete(this.#keys.get(id)?.proof ?? "");
    this.#keys.delete(id);
  }

  /** Tells of what has ended by that effective time, at that revision. */
  expire(until: number, revision: number): void {
    this.feed.expire(until, revision, ({ at, name }) => {
      const secret = this.peek(name);
      return secret?.metadata?.expiresAt === at && isLive(secret, at - 1);
    });
  }

  /** What a name holds, opened anew at each call, and the caller's to keep. */
  get(name: string): Secret | undefined {
    const place = this.#places.get(name);
    return place === undefined ? undefined : openContents(name, this.#kept.copy(place));
  }

  /** The same as views that are good until the next `put`: for who makes that `put`. */
  peek(name: string): Secret | undefined {
    const contents = this.contents(name);
    return contents && openContents(name, contents);
  }

  /** The same as `packContents` wrote it, good until the next `put`. */
  contents(name: string): Buffer | undefined {
    const place = this.#places.get(name);
    return place === undefined ? undefined : this.#kept.view(place);
  }

  sees(): boolean {
    return true;
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
    for (const record of readFrame(payload)) {
      if (record.kind === "commit") pending.replay(record.commit, record.by);
      else pending.happened(record.event);
    }
    pending.publish();
  }

  /**
   * The state as snapshot records, made one by one while they are asked for: the state must not
   * change meanwhile.
   */
  records(): Iterable<Uint8Array> {
    return snapshotRecords(this);
  }

  /** The same for a vault of its own: without the audit, whose files stay here. */
  copy(): Iterable<Uint8Array> {
    return snapshotRecords(this, true);
  }

  /** Puts a name in place, or away; the counters are the caller's business. */
  put(name: string, secret: Secret | undefined): void {
    const before = this.#places.get(name);
    if (secret !== undefined) this.#keep(name, packContents(secret), before);
    else if (this.#places.delete(name)) this.#names.remove();
    if (before !== undefined) this.#kept.free(before);
  }

  /** Puts contents in place as they are; false when the name is there already. */
  load(name: string, contents: Uint8Array): boolean {
    if (this.#places.has(name)) return false;
    this.#keep(name, contents, undefined);
    return true;
  }

  #keep(name: string, contents: Uint8Array, before: Place | undefined): void {
    this.#places.set(name, this.#kept.keep(contents));
    if (before === undefined) this.#names.add(name);
  }
}

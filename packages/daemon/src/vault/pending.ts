import type { AuditPolicy } from "@strongroom/client/protocol";
import type { Event } from "../audit/entry.ts";
import { PendingAudit } from "../audit/pending-audit.ts";
import type { By } from "../audit/of-commit.ts";
import type { Change } from "./change.ts";
import type { Commit, CommitRequest } from "./commit.ts";
import { evolve, nextVersion } from "./evolve.ts";
import { PendingFeed } from "../feed/pending-feed.ts";
import { PendingKeys } from "./pending-keys.ts";
import { PendingNames } from "./pending-names.ts";
import type { Overlay } from "./overlay.ts";
import { oauthNameOf, PendingOAuth } from "./pending-oauth.ts";
import { PendingOwnerRecords } from "./pending-owner-records.ts";
import { PendingRenewers } from "./pending-renewers.ts";
import { PendingRequests } from "./pending-requests.ts";
import { malformed } from "./reader.ts";
import { checkRoom, withRestored } from "./room.ts";
import type { Secret } from "./secret.ts";
import type { Counters, VaultState } from "./state.ts";

/**
 * What the commits of one frame will make of the vault, laid over it: judged against, and seen
 * by no reader until `publish`. Thrown away when the frame fails.
 */
export class Pending {
  readonly #state: VaultState;
  readonly #counters: Counters;
  readonly #names: PendingNames;
  readonly requests: PendingRequests;
  readonly keys: PendingKeys;
  readonly oauth: PendingOAuth;
  readonly renewers: PendingRenewers;
  readonly ownerRecords: PendingOwnerRecords;
  readonly audit: PendingAudit;
  readonly #feed: PendingFeed;
  readonly #overlays: readonly Overlay[];
  #changes: Change[] = [];
  #restoredBytes = 0;
  /** The time that the owner accepts with the commit that is judged. */
  #accepted: number | undefined;
  /** The wall time from then on, for all that follows in the frame. */
  #wall: number | undefined;
  #commits = 0;
  #time = 0;

  constructor(state: VaultState) {
    this.#state = state;
    this.#names = new PendingNames(state);
    this.requests = new PendingRequests(state);
    this.keys = new PendingKeys(state);
    this.oauth = new PendingOAuth(state);
    this.renewers = new PendingRenewers(state);
    this.ownerRecords = new PendingOwnerRecords(state);
    this.audit = new PendingAudit(state.audit);
    this.#feed = new PendingFeed(state);
    const records = [this.keys, this.oauth, this.renewers, this.ownerRecords];
    this.#overlays = [this.#feed, this.#names, ...records, this.audit];
    this.#counters = { ...state.counters };
  }

  /** How many commits wait here. */
  get commits(): number {
    return this.#commits;
  }

  /** How many commits and events wait here: with none there is no frame. */
  get records(): number {
    return this.#commits + this.audit.events;
  }

  /** What the audit is to record, as it will be. */
  get policy(): AuditPolicy {
    return this.audit.policy ?? this.#state.audit.policy;
  }

  /** The revision as it will be. */
  get revision(): number {
    return this.#counters.revision;
  }

  /** The policy as it will be. */
  get requireKey(): boolean {
    return this.#counters.requireKey;
  }

  /** The time that expiry is judged by: it never goes back. */
  get at(): number {
    return this.effective(this.#time);
  }

  /** The wall time that the owner has accepted in this frame. */
  get accepted(): number | undefined {
    return this.#wall;
  }

  /** What a wall time is taken for: never earlier than any commit. */
  effective(time: number): number {
    return Math.max(time, this.#counters.maxTime);
  }

  /** A name as it will be. */
  get(name: string): Secret | undefined {
    return this.#names.get(name);
  }

  /** The version that the next change of a name takes. */
  next(name: string): number {
    return nextVersion(this.get(name), this.#counters.floor);
  }

  /**
   * Runs one judgement at this wall time and returns its commit, or undefined when there is
   * nothing to write. When it throws, nothing of it stays.
   */
  judge(
    time: number,
    judgement: () => readonly number[],
    request: Pick<CommitRequest, "body" | "key"> | undefined,
  ): { readonly numbers: readonly number[]; readonly commit: Commit | undefined } {
    const before = { ...this.#counters };
    this.#begin(time);
    try {
      const numbers = judgement();
      if (this.#changes.length === 0 && request === undefined)
        return { numbers, commit: undefined };
      const commit = {
        revision: before.revision + 1,
        time,
        changes: this.#changes,
        request: request && { ...request, numbers },
      };
      this.#close(commit);
      return { numbers, commit };
    } catch (error) {
      Object.assign(this.#counters, before);
      for (const overlay of this.#overlays) overlay.undo();
      throw error;
    }
  }

  /** Makes a change a part of the commit that is being judged; `TOO_LARGE` when it does not fit. */
  record(change: Change): void {
    const before = { ...this.#counters };
    this.#apply(change);
    this.#changes.push(change);
    if (change.kind === "restore") {
      this.#restoredBytes = withRestored(this.#restoredBytes, this.get(change.name)?.value);
    }
    checkRoom(change, before, this.#counters);
  }

  /** Every live name with a prefix. */
  live(prefix: string): string[] {
    return this.#names.live(prefix, this.at);
  }

  /** Applies a commit of the log; `CORRUPT` when it does not follow. */
  replay(commit: Commit, by: By): void {
    if (commit.revision !== this.#counters.revision + 1) throw malformed();
    this.#begin(commit.time);
    for (const change of commit.changes) this.#apply(change);
    this.#close(commit);
    this.audit.committed(commit, by);
  }

  /** An event that is part of the frame: time does not fall behind it either. */
  happened(event: Event): void {
    this.audit.happened(event, this.#counters.revision);
    this.#counters.maxTime = Math.max(this.#counters.maxTime, event.time);
  }

  /** Makes all of it visible. */
  publish(): void {
    for (const overlay of this.#overlays) overlay.publish();
    this.requests.publish();
    Object.assign(this.#state.counters, this.#counters);
  }

  #begin(time: number): void {
    this.#time = time;
    this.#changes = [];
    for (const overlay of this.#overlays) overlay.begin();
    this.#restoredBytes = 0;
    this.#accepted = undefined;
  }

  #close(commit: Commit): void {
    this.#counters.revision = commit.revision;
    this.#wall = this.#accepted ?? this.#wall;
    this.#counters.maxTime = this.#accepted ?? this.at;
    this.#commits++;
    this.#feed.closed(this.#counters.maxTime);
    const { request, revision } = commit;
    if (request !== undefined) this.requests.remember(request, revision, this.at);
  }

  #apply(change: Change): void {
    if (change.kind === "clear") return this.#clear(change.prefix, change.cleared);
    if (change.kind === "clock") return this.#accept(change.time);
    if (change.kind === "audit-policy") return this.audit.decide(change.policy);
    if (change.kind === "policy") {
      this.#counters.requireKey = change.requireKey;
      return;
    }
    const next = this.#counters.revision + 1;
    if (change.kind === "key" || change.kind === "forget-key") {
      this.#feed.key(this.keys, change, next);
      return this.keys.apply(change);
    }
    if (change.kind === "oauth" || change.kind === "forget-oauth") {
      this.#feed.credential(this.oauth.get(oauthNameOf(change)), change, next);
      return void Object.assign(this.#counters, this.oauth.apply(change, this.#counters));
    }
    if (change.kind === "renewer" || change.kind === "forget-renewer") {
      return void Object.assign(this.#counters, this.renewers.apply(change, this.#counters));
    }
    if (change.kind === "owner-record" || change.kind === "forget-owner-record") {
      return void Object.assign(this.#counters, this.ownerRecords.apply(change, this.#counters));
    }
    const secret = this.get(change.name);
    const after = evolve(change, secret, this.#counters.floor, this.#time);
    if (after === undefined && secret !== undefined) {
      this.#counters.floor = Math.max(this.#counters.floor, secret.version);
    }
    this.#put(change.name, secret, after);
    this.#feed.secret(change, secret, after, next);
    Object.assign(this.#counters, this.renewers.follow(change, this.at, this.#counters));
  }

  /** What was revoked stays so by the new time; what had expired by the old one may live again. */
  #accept(time: number): void {
    this.keys.keepRevoked(this.at, time);
    this.#accepted = time;
  }

  #clear(prefix: string, cleared: number): void {
    const names = this.live(prefix);
    if (names.length !== cleared) throw malformed();
    for (const name of names) {
      this.#apply({ kind: "delete", name, version: this.next(name) });
    }
  }

  #put(name: string, old: Secret | undefined, secret: Secret | undefined): void {
    this.#names.put(name, secret);
    this.#counters.weight += (secret?.weight ?? 0) - (old?.weight ?? 0);
    this.#counters.live += Number(secret?.value !== undefined) - Number(old?.value !== undefined);
  }
}

import { LIMITS } from "@strongroom/client/protocol";
import { Barren } from "./barren.ts";
import type { Change } from "./change.ts";
import type { Commit, CommitRequest } from "./commit.ts";
import { evolve, nextVersion } from "./evolve.ts";
import { lowerBound } from "./names.ts";
import { PendingKeys } from "./pending-keys.ts";
import { malformed } from "./reader.ts";
import { full, withRestored } from "./room.ts";
import type { Remembered } from "./requests.ts";
import { isLive } from "./secret.ts";
import type { Secret } from "./secret.ts";
import type { Counters, VaultState } from "./state.ts";

/**
 * What the commits of one frame will make of the vault, laid over it: judged against, and seen
 * by no reader until `publish`. Thrown away when the frame fails.
 */
export class Pending {
  readonly #state: VaultState;
  readonly #counters: Counters;
  readonly #secrets = new Map<string, Secret | undefined>();
  readonly #requests = new Map<string, Remembered>();
  /** Names in `#secrets` that have a value there. */
  readonly #valued = new Set<string>();
  /** Where the state below has nothing that lives and is not in `#secrets`. */
  readonly #barren = new Barren();
  readonly keys: PendingKeys;
  #changes: Change[] = [];
  readonly #undo = new Map<
    string,
    { readonly known: boolean; readonly secret: Secret | undefined }
  >();
  #opened: { readonly name: string; readonly secret: Secret | undefined } | undefined;
  #restoredBytes = 0;
  #commits = 0;
  #forgotten: { at: number; revision: number } | undefined;
  #time = 0;

  constructor(state: VaultState) {
    this.#state = state;
    this.keys = new PendingKeys(state);
    this.#counters = { ...state.counters };
  }

  /** How many commits wait here. */
  get commits(): number {
    return this.#commits;
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

  /** What a wall time is taken for: never earlier than any commit. */
  effective(time: number): number {
    return Math.max(time, this.#counters.maxTime);
  }

  /** The highest revision of a request id that counts as dropped at a time. */
  forgottenAt(at: number): number {
    // All that is judged in one turn is judged at one time.
    if (this.#forgotten?.at !== at) {
      this.#forgotten = { at, revision: this.#state.requests.forgottenAt(at) };
    }
    return this.#forgotten.revision;
  }

  /** A name as it will be. */
  get(name: string): Secret | undefined {
    const secret = this.#secrets.get(name);
    if (secret !== undefined || this.#secrets.has(name)) return secret;
    // A judgement asks for the same name again and again, and each time it would be opened.
    if (this.#opened?.name !== name) this.#opened = { name, secret: this.#state.peek(name) };
    return this.#opened.secret;
  }

  /** The version that the next change of a name takes. */
  next(name: string): number {
    return nextVersion(this.get(name), this.#counters.floor);
  }

  /** What is remembered of a request id, pending or durable. */
  request(key: string): Remembered | undefined {
    return this.#requests.get(key) ?? this.#state.requests.get(key);
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
      for (const [name, { known, secret }] of this.#undo) {
        this.#lay(name, secret);
        if (!known) this.#secrets.delete(name);
      }
      Object.assign(this.#counters, before);
      this.#barren.undo();
      this.keys.undo();
      throw error;
    }
  }

  /** Makes a change a part of the commit that is being judged; `TOO_LARGE` when it does not fit. */
  record(change: Change): void {
    const weight = this.#counters.weight;
    this.#apply(change);
    this.#changes.push(change);
    if (change.kind !== "set" && change.kind !== "restore") return;
    if (change.kind === "restore") {
      this.#restoredBytes = withRestored(this.#restoredBytes, this.get(change.name)?.value);
    }
    if (this.#counters.weight > LIMITS.vaultBytes && this.#counters.weight > weight) {
      throw full(`${LIMITS.vaultBytes} bytes with its history`);
    }
    if (this.#counters.live > LIMITS.secrets) throw full(`${LIMITS.secrets} secrets`);
  }

  /** Every live name with a prefix. What was cleared before in this frame is not gone over again. */
  live(prefix: string): string[] {
    const found: string[] = [];
    for (const name of this.#valued) {
      if (name.startsWith(prefix) && isLive(this.#secrets.get(name), this.at)) found.push(name);
    }
    const names = this.#state.names();
    const from = lowerBound(names, prefix);
    // What begins alike stands together: a range around this place holds all of these names.
    if (this.#barren.inside(from)) return found;
    const elsewhere = found.length;
    let index = from;
    while (names[index]?.startsWith(prefix) === true) {
      const name = names[index] ?? "";
      // Only from a name with this prefix: a range that begins behind the last is of others.
      const next = this.#barren.skip(index);
      if (next === index && !this.#secrets.has(name) && isLive(this.#state.peek(name), this.at))
        found.push(name);
      index = Math.max(next, index + 1);
    }
    if (found.length === elsewhere && index > from) this.#barren.add(from, index);
    return found;
  }

  /** Applies a commit of the log; `CORRUPT` when it does not follow. */
  replay(commit: Commit): void {
    if (commit.revision !== this.#counters.revision + 1) throw malformed();
    this.#begin(commit.time);
    for (const change of commit.changes) this.#apply(change);
    this.#close(commit);
  }

  /** Makes all of it visible. */
  publish(): void {
    for (const [name, secret] of this.#secrets) this.#state.put(name, secret);
    for (const request of this.#requests.values()) this.#state.requests.add(request);
    this.keys.publish();
    Object.assign(this.#state.counters, this.#counters);
  }

  #begin(time: number): void {
    this.#time = time;
    this.#changes = [];
    this.#undo.clear();
    this.#barren.begin();
    this.keys.begin();
    this.#restoredBytes = 0;
  }

  #close(commit: Commit): void {
    this.#counters.revision = commit.revision;
    this.#counters.maxTime = this.at;
    this.#commits++;
    const { request, revision } = commit;
    if (request === undefined) return;
    // One key may come twice in a frame only when the first was forgotten; the order counts.
    this.#requests.delete(request.key);
    this.#requests.set(request.key, { ...request, revision, at: this.at });
  }

  #apply(change: Change): void {
    if (change.kind === "clear") return this.#clear(change.prefix, change.cleared);
    if (change.kind === "policy") {
      this.#counters.requireKey = change.requireKey;
      return;
    }
    if (change.kind === "key" || change.kind === "forget-key") return this.keys.apply(change);
    const secret = this.get(change.name);
    const next = evolve(change, secret, this.#counters.floor, this.#time);
    if (next === undefined && secret !== undefined) {
      this.#counters.floor = Math.max(this.#counters.floor, secret.version);
    }
    this.#put(change.name, secret, next);
  }

  #clear(prefix: string, cleared: number): void {
    const names = this.live(prefix);
    if (names.length !== cleared) throw malformed();
    for (const name of names) {
      this.#apply({ kind: "delete", name, version: this.next(name) });
    }
  }

  #lay(name: string, secret: Secret | undefined): void {
    this.#secrets.set(name, secret);
    if (secret?.value === undefined) this.#valued.delete(name);
    else this.#valued.add(name);
  }

  #put(name: string, old: Secret | undefined, secret: Secret | undefined): void {
    if (!this.#undo.has(name)) {
      this.#undo.set(name, { known: this.#secrets.has(name), secret: this.#secrets.get(name) });
    }
    this.#lay(name, secret);
    this.#counters.weight += (secret?.weight ?? 0) - (old?.weight ?? 0);
    this.#counters.live += Number(secret?.value !== undefined) - Number(old?.value !== undefined);
  }
}

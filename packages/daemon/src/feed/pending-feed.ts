import type { KeyChange, OAuthChange } from "../vault/change.ts";
import type { NameChange } from "../vault/evolve.ts";
import type { OAuthRecord } from "../vault/oauth-record.ts";
import type { Overlay } from "../vault/overlay.ts";
import type { PendingKeys } from "../vault/pending-keys.ts";
import type { Secret } from "../vault/secret.ts";
import type { VaultState } from "../vault/state.ts";
import type { EventKind, FeedEvent } from "./block.ts";
import type { Expiry } from "./expiries.ts";

/** What the changes of one frame mean to who watches; told when it is durable, never before. */
export class PendingFeed implements Overlay {
  readonly #state: VaultState;
  readonly #events: FeedEvent[] = [];
  readonly #expiries: Expiry[] = [];
  #kept = { events: 0, expiries: 0 };
  /** The effective time of the first commit. */
  #at: number | undefined;

  constructor(state: VaultState) {
    this.#state = state;
  }

  /** A judgement begins: `undo` takes back what it does. */
  begin(): void {
    this.#kept = { events: this.#events.length, expiries: this.#expiries.length };
  }

  undo(): void {
    this.#events.length = this.#kept.events;
    this.#expiries.length = this.#kept.expiries;
  }

  /** A commit was judged at that effective time. */
  closed(at: number): void {
    this.#at ??= at;
  }

  /** A secret was changed by a commit of this revision. */
  secret(
    { kind, name }: NameChange,
    before: Secret | undefined,
    after: Secret | undefined,
    revision: number,
  ): void {
    if (kind === "drop") return;
    const isGone = after?.value === undefined;
    // What is forgotten may have been deleted before.
    if (!isGone || before?.value !== undefined)
      this.#tell(isGone ? "delete" : "set", name, revision);
    const at = after?.metadata?.expiresAt;
    if (at !== undefined && !isGone) this.#expiries.push({ at, name });
  }

  /** An API key was changed; that its end is set is told, for then what it was let do ends. */
  key(keys: Pick<PendingKeys, "get">, change: KeyChange, revision: number): void {
    if (change.kind === "forget-key" || change.record.revokedAt === undefined) return;
    const { id } = change.record;
    if (keys.get(id)?.revokedAt === undefined) this.#tell("revoke", `key:${id}`, revision);
  }

  /** A credential was changed; that a refresh begins, or that its grant is dead, is no new token. */
  credential(before: OAuthRecord | undefined, change: OAuthChange, revision: number): void {
    if (change.kind === "forget-oauth") this.#tell("delete", change.name, revision);
    else if (change.record.generation !== before?.generation) {
      this.#tell("set", change.record.name, revision);
    }
  }

  publish(): void {
    const { feed, counters } = this.#state;
    // Before what this frame makes of them.
    const { nextExpiry = Infinity } = feed;
    if (this.#at !== undefined && nextExpiry <= this.#at) {
      this.#state.expire(this.#at, counters.revision);
    }
    for (const expiry of this.#expiries) feed.willExpire(expiry);
    feed.append(this.#events);
  }

  #tell(kind: EventKind, name: string, revision: number): void {
    this.#events.push({ kind, name, revision });
  }
}

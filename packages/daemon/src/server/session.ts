import type { Who as Actor } from "../audit/who.ts";
import type { Peer } from "../native/system-calls.ts";
import type { CancelSignal, Caller } from "../turn/turn.ts";

/** Who a connection is: it moves in `presented` and `authenticated`, and never back to the owner. */
type Who = "nobody" | "owner" | { readonly key: string };

/** Whom the requests of a connection are of. */
export class Session {
  #who: Who;
  #client: string | undefined;
  readonly #peer: Peer | undefined;

  /** A connection through the owner's door is the owner's until it presents a credential. */
  constructor(door: "key" | "owner", peer?: Peer) {
    this.#who = door === "owner" ? "owner" : "nobody";
    this.#peer = peer;
  }

  get isNobody(): boolean {
    return this.#who === "nobody";
  }

  get isOwner(): boolean {
    return this.#who === "owner";
  }

  /** The id of its API key, if it has one. */
  get key(): string | undefined {
    return typeof this.#who === "string" ? undefined : this.#who.key;
  }

  /** What it calls itself. */
  greeted(client: string): void {
    this.#client = client;
  }

  /** On whose behalf its requests are recorded. */
  get who(): Actor {
    const actor = this.key === undefined ? "owner" : `key:${this.key}`;
    const client = this.#client === undefined ? {} : { client: this.#client };
    return { actor, ...client, ...this.#peer };
  }

  /** A credential was presented, whatever becomes of it. */
  presented(): void {
    this.#who = "nobody";
  }

  /** It was that of this key. */
  authenticated(key: string): void {
    this.#who = { key };
  }
}

/** The caller of one request: who that is shows when the request is taken up, not when it came. */
export class SessionCaller implements Caller {
  readonly signal: CancelSignal;
  readonly #session: Session;

  constructor(session: Session, signal: CancelSignal) {
    this.#session = session;
    this.signal = signal;
  }

  get actor(): string {
    return this.who.actor;
  }

  get who(): Actor {
    return this.#session.who;
  }

  get key(): string | undefined {
    return this.#session.key;
  }
}

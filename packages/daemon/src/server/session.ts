import type { SessionTerms, Standing } from "@strongroom/client/protocol";
import type { Who as Actor } from "../audit/who.ts";
import { Line } from "../lease/line.ts";
import type { Peer } from "../native/system-calls.ts";
import type { CancelSignal, Caller } from "../turn/turn.ts";

/** Who a connection is: it moves in `presented` and `authenticated`, and never back to the owner. */
type Who =
  | "nobody"
  | "owner"
  | { readonly key: string; readonly session: SessionTerms | undefined };

/** Whom the requests of a connection are of. */
export class Session {
  /** What others hold by this connection. */
  readonly line: Line = new Line();
  readonly #door: "key" | "owner";
  #who: Who;
  #client: string | undefined;
  #claimed: number | undefined;
  readonly #peer: Peer | undefined;
  /** As it was last told; asked for with each request. */
  #actor: Actor | undefined;
  #provedAt: number | undefined;
  #retired: string | undefined;
  #judged = 0;

  /** A connection through the owner's door is the owner's until it presents a credential. */
  constructor(door: "key" | "owner", peer?: Peer) {
    this.#door = door;
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

  /** Its API key has ended; who waits for something over it hears of it. */
  retire(): void {
    this.#retired = this.key;
    this.line.retired.come();
  }

  /** Whether the API key that it is of has ended. */
  get isRetired(): boolean {
    return this.#retired !== undefined && this.#retired === this.key;
  }

  /** What it calls itself, and which process it says that it is. */
  greeted(client: string, claimed?: number): void {
    this.#client = client;
    this.#claimed = claimed;
    this.#actor = undefined;
  }

  /** Which process it says that it is. */
  get claimed(): number | undefined {
    return this.#claimed;
  }

  /** On whose behalf its requests are recorded. */
  get who(): Actor {
    return (this.#actor ??= this.#named());
  }

  /** The session of that key, where it authenticated by a token. */
  get session(): SessionTerms | undefined {
    return typeof this.#who === "string" ? undefined : this.#who.session;
  }

  /** When a slot was proved over it, by the boot clock. */
  get provedAt(): number | undefined {
    return this.#provedAt;
  }

  /** A slot was proved. */
  proved(at: number): void {
    this.#provedAt = at;
  }

  /** Whether it may send, and leave unread, more than who presents a credential has to. */
  get standing(): Standing {
    // By the owner's door come programs of the owner, whatever they presented.
    if (this.#door === "owner" || !this.isNobody) return "known";
    return this.#judged > 0 ? "asked" : "nobody";
  }

  /** A credential was presented, whatever becomes of it. */
  presented(): void {
    this.#be("nobody");
  }

  /** Until that is known, which is when `judge` has ended. */
  async judging<T>(judge: () => Promise<T>): Promise<T> {
    this.#judged += 1;
    try {
      return await judge();
    } finally {
      this.#judged -= 1;
    }
  }

  /** It was that of this key, or of a session of it. */
  authenticated(key: string, session?: SessionTerms): void {
    this.#be({ key, session });
  }

  #be(who: Who): void {
    this.#who = who;
    this.#actor = undefined;
  }

  #named(): Actor {
    const actor = this.isOwner ? "owner" : `key:${this.key}`;
    const client = this.#client === undefined ? {} : { client: this.#client };
    return { actor: this.isNobody ? "unknown" : actor, ...client, ...this.#peer };
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

  get session(): SessionTerms | undefined {
    return this.#session.session;
  }

  get line(): Line {
    return this.#session.line;
  }

  get provedAt(): number | undefined {
    return this.#session.provedAt;
  }

  get claimed(): number | undefined {
    return this.#session.claimed;
  }
}

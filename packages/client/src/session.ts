import { setImmediate } from "node:timers/promises";
import type { Deadline } from "./deadline.ts";
import { SupervisorAsker } from "./ask-supervisor.ts";
import { findDaemon } from "./find.ts";
import type { Target } from "./find.ts";
import { checkHello, helloParams } from "./hello.ts";
import { InFlight } from "./in-flight.ts";
import { ConnectionLost, Link } from "./link.ts";
import { look } from "./look.ts";
import { isRead, isVerdict, lost, unanswered } from "./outcome.ts";
import type { Patience } from "./patience.ts";
import { METHODS, StrongroomError } from "./protocol/index.ts";
import type { HelloResult, MethodName, Params, Result } from "./protocol/index.ts";
import { readVaultId } from "./vault-file.ts";

/** Between two tries at a daemon that is stopping. */
const CLOSING_PAUSE_MS = 25;

/** The connection of a client: made when needed, made anew by the next call after it was lost. */
export class Session {
  readonly #target: Target;
  readonly #name: string;
  readonly #room = new InFlight();
  #link: Link | undefined;
  #connecting: Promise<Link> | undefined;
  #reopening: Promise<Link> | undefined;
  #hello: HelloResult | undefined;
  #seen = 0;
  #current = false;
  #closed = false;

  constructor(target: Target, name: string) {
    this.#target = target;
    this.#name = name;
  }

  /** Another connection for the same client, for which no daemon is started. */
  apart(): Session {
    return new Session({ ...this.#target, autostart: false, create: false }, this.#name);
  }

  /** What the daemon said at the last handshake. */
  get hello(): HelloResult | undefined {
    return this.#hello;
  }

  /** The highest revision that an answer carried. */
  get seen(): number {
    return this.#seen;
  }

  /** Whether `seen` is as new as the connection that stands: an earlier one knew less. */
  get isCurrent(): boolean {
    return this.#link?.closed === false && this.#current;
  }

  /** Resolves when the connection that stands now is gone. */
  async lost(): Promise<void> {
    await this.#link?.whenClosed;
  }

  /** Finds or starts the daemon and shakes hands, unless that is done. */
  async open(patience: Patience): Promise<Link> {
    if (this.#closed) throw new TypeError("this client is closed");
    if (this.#link !== undefined && !this.#link.closed) return this.#link;
    const deadline = patience.forConnecting();
    // Calls that need it at the same time share one, each until its own deadline.
    const shared = this.#connecting;
    this.#connecting ??= this.#connect(deadline, patience).finally(() => {
      this.#connecting = undefined;
    });
    try {
      return await deadline.race(this.#connecting, () => unanswered("hello", patience.ms));
    } catch (error) {
      // The one who began may have had less patience.
      if (shared === undefined || deadline.over) throw error;
      deadline.throwIfAborted();
      return this.open(patience);
    }
  }

  /**
   * Sends a request and returns its result. After a lost connection it is sent once more if
   * `repeatable` and a daemon is there at once; waiting for another one is the caller's choice.
   */
  async request<M extends MethodName>(
    method: M,
    params: Params<M>,
    repeatable: boolean,
    patience: Patience,
  ): Promise<Result<M>> {
    let wasLost = false;
    for (;;) {
      try {
        const link = wasLost ? await this.#reopen(patience) : await this.open(patience);
        return await this.#ask(link, method, params, patience);
      } catch (error) {
        if (error instanceof ConnectionLost) {
          if (wasLost || !repeatable) throw lost(method);
          wasLost = true;
        } else {
          throw wasLost && !isRead(method) && !isVerdict(error) ? lost(method) : error;
        }
      }
    }
  }

  /** Ends the connection; what is pending rejects. */
  close(): void {
    this.#closed = true;
    this.#link?.close();
  }

  /** Sends it until it is taken in: a daemon that is busy or stopping has not executed it. */
  async #ask<M extends MethodName>(
    first: Link,
    method: M,
    params: Params<M>,
    patience: Patience,
  ): Promise<Result<M>> {
    let deadline = patience.forAnswer();
    let moving: Deadline | undefined;
    for (let link = first; ; link = await this.open(patience)) {
      try {
        return await this.#send(link, method, params, deadline, patience.ms);
      } catch (error) {
        const pause = pauseBeforeRepeat(error, deadline);
        if (pause === undefined) throw error;
        await deadline.pause(pause);
        if (!(error instanceof StrongroomError && error.code === "CLOSING")) continue;
        link.close();
        // The next daemon has its own time, but they may not follow each other for ever.
        moving ??= patience.forConnecting();
        if (moving.over) throw error;
        deadline = patience.forAnswer();
      }
    }
  }

  async #connect(deadline: Deadline, patience: Patience): Promise<Link> {
    // A caller that asks again at once must not starve the loop that would tell it something new.
    await setImmediate();
    const supervisor = new SupervisorAsker(this.#target.home, this.#target.env);
    for (;;) {
      const link = new Link(await findDaemon(this.#target, deadline, supervisor));
      try {
        return await this.#greet(link, deadline, patience);
      } catch (error) {
        link.close();
        // It died or was stopping between the connection and its answer: look again.
        if (!(error instanceof ConnectionLost) || deadline.over) throw explain(error);
        await deadline.pause(CLOSING_PAUSE_MS);
      }
    }
  }

  async #reopen(patience: Patience): Promise<Link> {
    if (this.#connecting !== undefined || this.#link?.closed === false) return this.open(patience);
    // All that were lost with one connection share the next.
    this.#reopening ??= this.#redial(patience).finally(() => {
      this.#reopening = undefined;
    });
    return patience.forConnecting().race(this.#reopening, () => unanswered("hello", patience.ms));
  }

  async #redial(patience: Patience): Promise<Link> {
    const { apiKey, env, home } = this.#target;
    const dialled = await look(home, env, apiKey !== undefined);
    if (dialled.kind !== "connected") throw new ConnectionLost("no daemon is there");
    const link = new Link(dialled.socket);
    try {
      return await this.#greet(link, patience.forConnecting(), patience);
    } catch (error) {
      link.close();
      throw error;
    }
  }

  async #greet(link: Link, deadline: Deadline, patience: Patience): Promise<Link> {
    const hello = await this.#send(link, "hello", helloParams(this.#name), deadline, patience.ms);
    const { anyDaemon, apiKey, home } = this.#target;
    checkHello(hello, anyDaemon ? undefined : readVaultId(home));
    // A vault that is still being opened, or is locked, has not said its revision.
    this.#current = hello.state !== "opening" && hello.state !== "locked";
    if (apiKey !== undefined) {
      const params = { token: apiKey };
      await this.#send(link, "session/authenticate", params, deadline, patience.ms);
      // This answer waits for it; and such a key need not be one that may read.
      this.#current = true;
    }
    this.#hello = hello;
    this.#link?.close();
    this.#link = link;
    if (this.#closed) link.close();
    return link;
  }

  async #send<M extends MethodName>(
    link: Link,
    method: M,
    params: Params<M>,
    deadline: Deadline,
    ms: number,
  ): Promise<Result<M>> {
    const late = (): StrongroomError => unanswered(method, ms);
    if (!this.#room.tryEnter()) await this.#enter(deadline, late);
    try {
      const result = await link.call(method, params, deadline, late);
      this.#seen = Math.max(this.#seen, result.revision);
      if (link === this.#link && METHODS[method].kind !== "any") this.#current = true;
      return result;
    } finally {
      this.#room.leave();
    }
  }

  async #enter(deadline: Deadline, late: () => StrongroomError): Promise<void> {
    const entered = this.#room.enter();
    try {
      await deadline.race(entered, late);
    } catch (error) {
      // The room that was waited for in vain comes later, and is given on.
      void entered.then(() => this.#room.leave());
      throw error;
    }
  }
}

/** Milliseconds after which a refused request may be sent again, or undefined when it may not. */
function pauseBeforeRepeat(error: unknown, deadline: Deadline): number | undefined {
  if (!(error instanceof StrongroomError)) return undefined;
  // Both say that the request was not executed.
  if (error.code !== "BUSY" && error.code !== "CLOSING") return undefined;
  const pause = (error.retryAfterMs ?? CLOSING_PAUSE_MS) * (1 + Math.random());
  return pause < deadline.left ? pause : undefined;
}

function explain(error: unknown): unknown {
  return error instanceof ConnectionLost ? lost("hello") : error;
}

import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

import { InFlight, ReplyWriter, RequestReader } from "@strongroom/client/protocol";
import type { ErrorCode, RequestId, Standing, WireError } from "@strongroom/client/protocol";

import type { Asker } from "../lock/asker.ts";
import type { Logger } from "../logging/logger.ts";
import type { Peer } from "../native/system-calls.ts";
import type { Cancellation } from "./cancellation.ts";
import type { ServerContext } from "./context.ts";
import { dispatch, isCallable } from "./dispatch.ts";
import type { Request } from "./dispatch.ts";
import { Exchange } from "./exchange.ts";
import type { Served } from "./exchange.ts";
import { hello } from "./hello.ts";
import { Lane } from "./lane.ts";
import { limitsOf } from "./impatience.ts";
import type { Impatience } from "./impatience.ts";
import { Patience } from "./patience.ts";
import { refusal, response } from "./refusal.ts";
import type { Refused } from "./refusal.ts";
import type { RequestVigil } from "./request-vigil.ts";
import { Session, SessionCaller } from "./session.ts";
import { Unsent } from "./unsent.ts";

const QUIET_LOOK_MS = 2;

/** What a connection needs of the server that accepted it. */
export interface ConnectionOptions {
  readonly id: number;
  /** Whether it has said hello already. */
  readonly isGreeted: boolean;
  /** By which socket it came. */
  readonly door: "key" | "owner";
  /** Which process is at the other end, where that can be known. */
  readonly peer?: Peer | undefined;
  readonly context: ServerContext;
  readonly logger: Logger;
  readonly vigil: RequestVigil;
  readonly onRefusal: (code: ErrorCode) => void;
  readonly onClosed: (connection: Connection) => void;
}

/** One client: its handshake, the order of its requests, its limits and its end. */
export class Connection implements Served {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #inFlight = new InFlight();
  readonly #reader: RequestReader;
  readonly #exchange: Exchange;
  readonly #unsent: Unsent;
  readonly #session: Session;
  readonly #passage = {
    lane: new Lane(),
    room: (): Promise<void> | undefined => this.#unsent.room(),
  };
  readonly #patience: Patience<Impatience>;
  #greeting: "awaited" | "refused" | "said" = "awaited";
  #ending = false;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#session = new Session(options.door, options.peer);
    if (options.isGreeted) this.#greeting = "said";
    const standing = (): Standing => this.#session.standing;
    this.#reader = new RequestReader(socket, this.#inFlight, standing);
    this.#unsent = new Unsent(socket, this.#reader, standing);
    const limits = { session: this.#session, unsent: this.#unsent, connection: this };
    this.#patience = new Patience(limitsOf(this.#reader, limits));
    this.#exchange = new Exchange(this.#reader, new ReplyWriter(socket, this.#inFlight), this);
    this.#inFlight.onAnswered(() => this.#answered());
    // The last frames before an end may be such as nothing is answered to.
    this.#reader.onTurn(() => this.#endIfEnding());
    // A client may close its writing half and still read what it asked for.
    socket.allowHalfOpen = true;
    socket.on("end", () => {
      this.#session.line.hangUp.come();
      this.#endWhenAnswered();
    });
    socket.on("close", () => this.#closed());
    this.#exchange.listen();
  }

  /** By which socket it came. */
  get door(): "key" | "owner" {
    return this.#options.door;
  }

  /** The id of the API key whose connection it is, if it is one's. */
  get key(): string | undefined {
    return this.#session.key;
  }

  /** Whether it is a stranger's, of whom nothing is known and nothing is being found out. */
  get isNobody(): boolean {
    return this.#session.standing === "nobody";
  }

  /** Whether it said hello. */
  get isGreeted(): boolean {
    return this.#greeting === "said";
  }

  /** Requests accepted and not answered. */
  get inFlight(): number {
    return this.#inFlight.size + this.#reader.waiting;
  }

  /** Requests received since the connection was made. */
  get received(): number {
    return this.#reader.received;
  }

  /** A tick of the server's timer has passed. */
  tick(): void {
    this.#patience.tick();
  }

  /** Drops the connection if its time is up; called after the sockets were polled once more. */
  judge(): void {
    const spent = this.#patience.spent();
    if (spent === undefined) return;
    // All that it has asked is answered, and nothing has come since.
    if (spent === "retired") return this.#endWhenAnswered();
    this.#log(spent);
    this.#socket.destroy();
  }

  /** Reads no more, answers what was accepted, and ends. */
  finish(): void {
    this.#reader.closeInput();
    this.#endWhenAnswered();
  }

  /** Its API key has ended: who waits is told at once, and it ends when it is silent. */
  retire(): void {
    this.#session.retire();
  }

  /** Ends at once, whatever is in flight. */
  destroy(): void {
    this.#socket.destroy();
  }

  async serve(
    method: string,
    params: unknown,
    signal: Cancellation,
    id: RequestId,
  ): Promise<unknown> {
    this.#options.vigil.came();
    if (this.#greeting !== "said") return this.#greet(method, params);
    // From here on it is never the owner's again, whatever the credential is worth.
    if (method === "session/authenticate") this.#session.presented();
    const caller = new SessionCaller(this.#session, signal);
    const asker = (): Asker => ({
      id,
      who: this.#session.who,
      socket: this.#socket,
      quiet: (ms) => this.#quiet(ms),
    });
    const request = { method, params, caller, session: this.#session, asker };
    if (method === "vault/lock") return this.#lock(request);
    const judge = (): Promise<unknown> => dispatch(request, this.#passage, this.#options.context);
    return method === "session/authenticate" ? this.#session.judging(judge) : judge();
  }

  refuse(error: unknown, method: string): Refused {
    const refused = refusal(error);
    this.#options.onRefusal(refused.code);
    if (refused !== error) this.#options.logger.failure("request-failed", error);
    if (this.#greeting === "refused") this.#endWhenAnswered();
    return response(refused, this.#greeting !== "said" || isCallable(method));
  }

  failed({ fault }: WireError): void {
    this.#log(fault);
  }

  #greet(method: string, params: unknown): unknown {
    if (method !== "hello") {
      this.#log("hello-missing");
      this.#socket.destroy();
      return null;
    }
    this.#greeting = "refused";
    try {
      const { client, pid, result } = hello(params, this.#options.context);
      this.#session.greeted(client, pid);
      this.#greeting = "said";
      return result;
    } finally {
      // What came behind a refused hello is nobody's request.
      if (this.#greeting === "refused") this.#reader.stop();
    }
  }

  /** What comes behind a lock is for the process that follows. */
  async #lock(request: Request): Promise<unknown> {
    this.#reader.hold();
    try {
      return await dispatch(request, this.#passage, this.#options.context);
    } finally {
      this.#reader.release();
    }
  }

  async #quiet(ms: number): Promise<boolean> {
    const reader = this.#reader;
    const isQuiet = (): boolean => this.#inFlight.size === 1 && this.#socket.writableLength === 0;
    for (let waited = 0; waited < ms && !isQuiet(); waited += QUIET_LOOK_MS) {
      await pause(QUIET_LOOK_MS);
    }
    return (
      isQuiet() && reader.waiting === 0 && !reader.partial && this.#socket.readableLength === 0
    );
  }

  #answered(): void {
    this.#options.vigil.answered();
    this.#unsent.check();
    this.#reader.pump();
    this.#endIfEnding();
  }

  #endIfEnding(): void {
    if (this.#ending) this.#endWhenAnswered();
  }

  #endWhenAnswered(): void {
    this.#ending = true;
    // `destroySoon` ends, and destroys when the last reply is out: nobody waits for a FIN.
    if (this.inFlight === 0) this.#socket.destroySoon();
  }

  #closed(): void {
    this.#exchange.dispose();
    this.#session.line.end.come();
    this.#options.onClosed(this);
  }

  #log(reason: Parameters<Logger["connection"]>[1]): void {
    this.#options.logger.connection(this.#options.id, reason);
  }
}

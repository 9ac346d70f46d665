import type { Socket } from "node:net";

import {
  InFlight,
  LIMITS,
  ReplyWriter,
  RequestReader,
  WireError,
} from "@strongroom/client/protocol";
import type { ErrorCode, StrongroomError } from "@strongroom/client/protocol";
import { createMessageConnection } from "vscode-jsonrpc/node";
import type { CancellationToken, MessageConnection } from "vscode-jsonrpc/node";

import type { Logger } from "../logging/logger.ts";
import type { ServerContext } from "./context.ts";
import { dispatch, isCallable } from "./dispatch.ts";
import { hello } from "./hello.ts";
import { Lane } from "./lane.ts";
import { Patience } from "./patience.ts";
import { refusal, response } from "./refusal.ts";
import { Unsent } from "./unsent.ts";

/** What a connection needs of the server that accepted it. */
export interface ConnectionOptions {
  readonly id: number;
  readonly context: ServerContext;
  readonly logger: Logger;
  readonly onRefusal: (code: ErrorCode) => void;
  readonly onClosed: (connection: Connection) => void;
}

/** Why a connection was dropped by its patience. */
type Impatience = "frame-incomplete" | "hello-missing" | "idle" | "not-reading";

/** One client: its handshake, the order of its requests, its limits and its end. */
export class Connection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #inFlight = new InFlight();
  readonly #reader: RequestReader;
  readonly #rpc: MessageConnection;
  readonly #unsent: Unsent;
  readonly #lane = new Lane();
  readonly #queued = new Set<AbortController>();
  readonly #patience: Patience<Impatience>;
  #greeting: "awaited" | "refused" | "said" = "awaited";
  #ending = false;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#reader = new RequestReader(socket, this.#inFlight);
    this.#unsent = new Unsent(socket, this.#reader);
    this.#patience = new Patience<Impatience>(this.#limits());
    this.#rpc = createMessageConnection(this.#reader, new ReplyWriter(socket, this.#inFlight));
    this.#rpc.onRequest((method, params, token) => this.#serve(method, params, token));
    this.#rpc.onError(([error]) => this.#log(error instanceof WireError ? error.fault : "socket"));
    this.#inFlight.onAnswered(() => this.#answered());
    // A client may close its writing half and still read what it asked for.
    socket.allowHalfOpen = true;
    socket.on("end", () => this.#endWhenAnswered());
    socket.on("close", () => this.#closed());
    this.#rpc.listen();
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
    this.#log(spent);
    this.#socket.destroy();
  }

  /** Reads no more, answers what was accepted, and ends. */
  finish(): void {
    this.#reader.closeInput();
    this.#endWhenAnswered();
  }

  /** Ends at once, whatever is in flight. */
  destroy(): void {
    this.#socket.destroy();
  }

  async #serve(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    try {
      if (this.#greeting === "said") return await this.#execute(method, params, token);
      return this.#greet(method, params);
    } catch (error) {
      return this.#refuse(error, this.#greeting !== "said" || isCallable(method));
    }
  }

  #greet(method: string, params: unknown): unknown {
    if (method !== "hello" || this.#greeting === "refused") {
      this.#log("hello-missing");
      this.#socket.destroy();
      return null;
    }
    this.#greeting = "refused";
    const result = hello(params, this.#options.context);
    this.#greeting = "said";
    return result;
  }

  async #execute(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    const controller = new AbortController();
    const cancellation = token.onCancellationRequested(() => controller.abort());
    if (token.isCancellationRequested) controller.abort();
    this.#queued.add(controller);
    try {
      const passage = { lane: this.#lane, room: () => this.#unsent.room() };
      const caller = { actor: "owner", signal: controller.signal };
      return await dispatch({ method, params, caller }, passage, this.#options.context);
    } finally {
      this.#queued.delete(controller);
      cancellation.dispose();
    }
  }

  #refuse(error: unknown, callable: boolean): unknown {
    const refused: StrongroomError = refusal(error);
    this.#options.onRefusal(refused.code);
    if (refused !== error) this.#options.logger.failure("request-failed", error);
    if (this.#greeting === "refused") this.#endWhenAnswered();
    return response(refused, callable);
  }

  #answered(): void {
    this.#unsent.check();
    this.#reader.pump();
    if (this.#ending) this.#endWhenAnswered();
  }

  #endWhenAnswered(): void {
    this.#ending = true;
    // `destroySoon` ends, and destroys when the last reply is out: nobody waits for a FIN.
    if (this.inFlight === 0) this.#socket.destroySoon();
  }

  #closed(): void {
    for (const controller of this.#queued) controller.abort();
    this.#rpc.dispose();
    this.#options.onClosed(this);
  }

  #log(reason: Parameters<Logger["connection"]>[1]): void {
    this.#options.logger.connection(this.#options.id, reason);
  }

  #limits(): ConstructorParameters<typeof Patience<Impatience>>[0] {
    const reader = this.#reader;
    return [
      {
        name: "hello-missing",
        ms: LIMITS.helloMs,
        progress: () => (reader.received === 0 ? 0 : undefined),
      },
      {
        name: "frame-incomplete",
        ms: LIMITS.incompleteFrameMs,
        progress: () => (reader.partial && !reader.paused ? reader.frames : undefined),
      },
      {
        name: "idle",
        ms: LIMITS.idleConnectionMs,
        progress: () => (this.inFlight === 0 ? reader.received : undefined),
      },
      { name: "not-reading", ms: LIMITS.stalledClientMs, progress: () => this.#unsent.progress() },
    ];
  }
}

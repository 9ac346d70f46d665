import type { Socket } from "node:net";
import {
  CancellationTokenSource,
  createMessageConnection,
  ErrorCodes,
  ParameterStructures,
  ResponseError,
} from "vscode-jsonrpc/node";
import type { MessageConnection } from "vscode-jsonrpc/node";
import { ReplyReader, RequestWriter, StrongroomError } from "./protocol/index.ts";
import type { MethodName, Params, Result } from "./protocol/index.ts";

/** The connection was lost before the answer came: whether the request was done is not known. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

/** One connection to a daemon. It never comes back: who needs another makes another. */
export class Link {
  readonly #socket: Socket;
  readonly #connection: MessageConnection;
  readonly #lost: Promise<never>;
  #closed = false;
  #pending = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    const reader = new ReplyReader(socket);
    this.#connection = createMessageConnection(reader, new RequestWriter(socket), SILENT);
    this.#lost = new Promise<never>((_, reject) => {
      socket.once("close", () => {
        this.#closed = true;
        reject(new ConnectionLost("the daemon closed the connection"));
        // The library forgets its waiters only when it is disposed.
        this.#connection.dispose();
      });
    });
    // Nobody may be waiting when it happens.
    this.#lost.catch(() => {});
    this.#connection.onError(() => socket.destroy());
    this.#connection.listen();
    socket.unref();
  }

  /** Whether it can no longer be used; also before the event loop has heard of it. */
  get closed(): boolean {
    return this.#closed || this.#socket.destroyed;
  }

  /**
   * Sends one request. Rejects with the daemon's error, or with `ConnectionLost` as soon as the
   * socket is closed. When `signal` is aborted the request is cancelled, if it still waits.
   */
  async call<M extends MethodName>(
    method: M,
    params: Params<M>,
    signal: AbortSignal,
  ): Promise<Result<M>> {
    if (this.closed) throw new ConnectionLost("the connection is closed");
    const source = new CancellationTokenSource();
    const cancel = (): void => {
      if (!this.#closed) source.cancel();
    };
    signal.addEventListener("abort", cancel, { once: true });
    // The socket holds the process only while somebody waits for an answer.
    if (this.#pending++ === 0) this.#socket.ref();
    try {
      const { byName } = ParameterStructures;
      const answer = this.#connection.sendRequest(method, byName, params, source.token);
      return (await Promise.race([answer, this.#lost])) as Result<M>;
    } catch (error) {
      throw this.#explain(error);
    } finally {
      signal.removeEventListener("abort", cancel);
      source.dispose();
      if (--this.#pending === 0) this.#socket.unref();
    }
  }

  /** Ends the connection; what is pending rejects with `ConnectionLost`. */
  close(): void {
    this.#socket.destroy();
  }

  #explain(error: unknown): Error {
    if (error instanceof ConnectionLost) return error;
    if (this.#closed || !(error instanceof ResponseError)) {
      return new ConnectionLost("the connection was lost");
    }
    // The library keeps of our writer's refusal its text alone.
    if (error.code === ErrorCodes.MessageWriteError && error.message.includes("larger than")) {
      return new StrongroomError("TOO_LARGE", error.message, { hint: "split the batch" });
    }
    if (error.data === undefined) {
      // What the library itself throws: the connection was disposed or cannot be written to.
      return new ConnectionLost("the connection was lost");
    }
    return StrongroomError.fromWire(error);
  }
}

/** The library quotes what it received; nothing that it says may reach a log. */
const SILENT = { error: () => {}, warn: () => {}, info: () => {}, log: () => {} };

import type { Socket } from "node:net";
import type { Message, ResponseMessage } from "vscode-jsonrpc/node";
import type { Deadline } from "./deadline.ts";
import { ReplyReader, RequestWriter, StrongroomError } from "./protocol/index.ts";
import type { MethodName, Params, Result } from "./protocol/index.ts";

/** The connection was lost before the answer came: whether the request was done is not known. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

interface Waiter {
  resolve(result: unknown): void;
  reject(error: Error): void;
  /** The deadline no longer matters. */
  settled(): void;
}

/**
 * One connection to a daemon. It never comes back: who needs another makes another. A dispatcher
 * in the place of vscode-jsonrpc's: a reply is handed on in the turn in which it was read.
 */
export class Link {
  readonly #socket: Socket;
  readonly #reader: ReplyReader;
  readonly #writer: RequestWriter;
  readonly #waiting = new Map<number, Waiter>();
  #last = -1;
  /** Resolves when it is closed, whoever did it. */
  readonly whenClosed: Promise<void>;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#reader = new ReplyReader(socket);
    this.#writer = new RequestWriter(socket);
    this.whenClosed = new Promise((resolve) => {
      socket.once("close", () => {
        this.#closed();
        resolve();
      });
    });
    this.#reader.onError(() => socket.destroy());
    this.#reader.listen((message) => this.#take(message));
    socket.unref();
  }

  /** Whether it can no longer be used; also before the event loop has heard of it. */
  get closed(): boolean {
    // A daemon that has ended its half reads nothing more.
    return this.#socket.destroyed || !this.#socket.writable;
  }

  /**
   * Sends one request. Rejects with the daemon's error, with what the deadline says, or with
   * `ConnectionLost` as soon as the socket is closed; with `TOO_LARGE` before anything is sent.
   * When the deadline comes first the request is cancelled, if it still waits.
   */
  call<M extends MethodName>(
    method: M,
    params: Params<M>,
    deadline: Deadline,
    late: () => StrongroomError,
  ): Promise<Result<M>> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.closed) throw new ConnectionLost("the connection is closed");
      const id = (this.#last += 1);
      this.#writer.post({ jsonrpc: "2.0", id, method, params } as Message);
      // The socket holds the process only while somebody waits for an answer.
      if (this.#waiting.size === 0) this.#socket.ref();
      const waiter: Waiter = { resolve, reject, settled: () => {} };
      this.#waiting.set(id, waiter);
      waiter.settled = deadline.watch(late, (reason) => {
        this.#cancel(id);
        this.#settle(id)?.reject(reason);
      });
    }) as Promise<Result<M>>;
  }

  /** Ends the connection; what is pending rejects with `ConnectionLost`. */
  close(): void {
    this.#socket.destroy();
  }

  #take(message: Message): void {
    const { id, result, error } = message as ResponseMessage;
    const waiter = typeof id === "number" ? this.#settle(id) : undefined;
    // Whoever asked may have ceased to wait.
    if (waiter === undefined) return;
    if (error === undefined) waiter.resolve(result);
    else waiter.reject(StrongroomError.fromWire(error));
  }

  #cancel(id: number): void {
    if (this.closed) return;
    this.#writer.post({ jsonrpc: "2.0", method: "$/cancelRequest", params: { id } } as Message);
  }

  #settle(id: number): Waiter | undefined {
    const waiter = this.#waiting.get(id);
    if (waiter === undefined) return undefined;
    this.#waiting.delete(id);
    waiter.settled();
    if (this.#waiting.size === 0) this.#socket.unref();
    return waiter;
  }

  #closed(): void {
    for (const id of this.#waiting.keys()) {
      this.#settle(id)?.reject(new ConnectionLost("the daemon closed the connection"));
    }
    this.#reader.dispose();
    this.#writer.dispose();
  }
}

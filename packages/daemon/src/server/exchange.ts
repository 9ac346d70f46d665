import type {
  ReplyMessage,
  ReplyWriter,
  RequestId,
  RequestReader,
  WireError,
} from "@strongroom/client/protocol";
import type { Message, NotificationMessage, RequestMessage } from "vscode-jsonrpc/node";
import { Cancellation } from "./cancellation.ts";
import type { Refused } from "./refusal.ts";

/** What requests are handed to. */
export interface Served {
  /** Resolves with the result of a request; the signal is aborted when it is taken back. */
  serve(method: string, params: unknown, signal: Cancellation, id: RequestId): Promise<unknown>;
  /** What is answered for whatever `serve` rejected with. */
  refuse(error: unknown, method: string): Refused;
  /** The connection is ended by a fault on the wire. */
  failed(error: WireError): void;
}

/**
 * The requests of one connection and their replies: a dispatcher in the place of vscode-jsonrpc's,
 * between a reader and a writer as that library defines them. A request is handed on in the turn
 * of the event loop in which it was read, and a reply is written in the one in which it is known.
 */
export class Exchange {
  readonly #reader: RequestReader;
  readonly #writer: ReplyWriter;
  readonly #served: Served;
  readonly #waiting = new Map<RequestId, Cancellation>();

  constructor(reader: RequestReader, writer: ReplyWriter, served: Served) {
    this.#reader = reader;
    this.#writer = writer;
    this.#served = served;
  }

  /** Begins to read. */
  listen(): void {
    this.#reader.onError((error) => this.#served.failed(error as WireError));
    this.#reader.listen((message) => this.#take(message));
  }

  /** Reads and delivers nothing more, and takes back whatever waits. */
  dispose(): void {
    this.#reader.dispose();
    this.#writer.dispose();
    for (const cancellation of this.#waiting.values()) cancellation.abort();
  }

  #take(message: Message): void {
    // The reader lets nothing through but requests and the cancellations of what waits.
    if ("id" in message) void this.#answer(message as RequestMessage);
    else this.#cancel(message as NotificationMessage);
  }

  #cancel({ params }: NotificationMessage): void {
    this.#waiting.get((params as { readonly id: RequestId }).id)?.abort();
  }

  async #answer({ id, method, params }: RequestMessage): Promise<void> {
    const key = id as RequestId;
    const cancellation = new Cancellation();
    this.#waiting.set(key, cancellation);
    const reply = await this.#reply(key, method, params, cancellation);
    this.#waiting.delete(key);
    this.#writer.post(reply);
  }

  async #reply(
    id: RequestId,
    method: string,
    params: unknown,
    signal: Cancellation,
  ): Promise<ReplyMessage> {
    try {
      const result = (await this.#served.serve(method, params, signal, id)) as object;
      return { jsonrpc: "2.0", id, result };
    } catch (error) {
      return { jsonrpc: "2.0", id, error: this.#served.refuse(error, method) };
    }
  }
}

import type { Socket } from "node:net";
import { AbstractMessageReader, AbstractMessageWriter } from "vscode-jsonrpc/node";
import type { DataCallback, Disposable, Message } from "vscode-jsonrpc/node";
import { encodeFrame, FrameDecoder, LIMITS, parseReply } from "./protocol/index.ts";

/**
 * Reads the daemon's replies off a socket. The first fault destroys the socket: after it nobody
 * knows where the next frame begins. Listens at once, so that nothing is missed.
 */
export class ReplyReader extends AbstractMessageReader {
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder(LIMITS.replyBytes);

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.once("close", () => this.fireClose());
  }

  listen(callback: DataCallback): Disposable {
    const read = (chunk: Buffer): void => {
      try {
        for (const body of this.#decoder.push(chunk)) {
          const reply: Message & object = { jsonrpc: "2.0", ...parseReply(body) };
          callback(reply);
        }
      } catch {
        // A `WireError`: it says nothing that a caller could act on beyond the loss.
        this.#socket.destroy();
      }
    };
    this.#socket.on("data", read);
    return { dispose: () => void this.#socket.off("data", read) };
  }
}

/** Writes requests to a socket, each in one piece. */
export class RequestWriter extends AbstractMessageWriter {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.once("close", () => this.fireClose());
  }

  /** Resolves when the bytes are handed over; whether they arrived only an answer says. */
  write(message: Message): Promise<void> {
    this.#socket.write(encodeFrame(JSON.stringify(message)));
    return Promise.resolve();
  }

  end(): void {
    this.#socket.end();
  }
}

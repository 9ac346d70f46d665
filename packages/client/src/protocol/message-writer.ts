import type { Socket } from "node:net";

import type { Event, Message, MessageWriter } from "vscode-jsonrpc/node";

import { Emitter } from "./emitter.ts";
import { encodeFrame } from "./frame-writer.ts";

/** What vscode-jsonrpc hears when a message could not be written; never the message. */
export type WriteFailure = [Error, Message | undefined, number | undefined];

/** Writes messages to a socket for vscode-jsonrpc: each is one buffer and one write. */
export abstract class FrameWriter implements MessageWriter {
  readonly #socket: Socket;
  readonly #errors = new Emitter<WriteFailure>();
  readonly #closes = new Emitter<void>();
  readonly onError: Event<WriteFailure> = this.#errors.event;
  readonly onClose: Event<void> = this.#closes.event;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("close", () => this.#closes.fire());
  }

  /** Resolves when the socket took the bytes, which is not when the other end has them. */
  abstract write(message: Message): Promise<void>;

  end(): void {
    this.#socket.end();
  }

  dispose(): void {
    this.#errors.dispose();
    this.#closes.dispose();
  }

  /** Whether the socket takes anything. */
  get writable(): boolean {
    return this.#socket.writable;
  }

  /** The message as a frame. */
  protected encode(message: Message): Buffer {
    return encodeFrame(JSON.stringify(message));
  }

  /** Hands the frame to the socket. */
  protected send(frame: Buffer): void {
    this.#socket.write(frame);
  }
}

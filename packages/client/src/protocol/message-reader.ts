import type { Socket } from "node:net";

import type {
  DataCallback,
  Disposable,
  Event,
  Message,
  MessageReader,
  PartialMessageInfo,
} from "vscode-jsonrpc/node";

import { Emitter } from "./emitter.ts";
import { FrameDecoder } from "./frame-reader.ts";
import { WireError } from "./wire-error.ts";

/**
 * Reads frames off a socket for vscode-jsonrpc. Any fault destroys the socket: after one, the
 * stream means nothing. Errors carry a code only.
 */
export abstract class FrameReader implements MessageReader {
  readonly #socket: Socket;
  readonly #decoder: FrameDecoder;
  readonly #errors = new Emitter<Error>();
  readonly #closes = new Emitter<void>();
  readonly #partials = new Emitter<PartialMessageInfo>();
  readonly onError: Event<Error> = this.#errors.event;
  readonly onClose: Event<void> = this.#closes.event;
  readonly onPartialMessage: Event<PartialMessageInfo> = this.#partials.event;
  #backlog: Buffer[] = [];
  #deliver: DataCallback = () => {};
  #frames = 0;
  #onTurn: () => void = () => {};
  #stopped = false;
  #holds = 0;
  #inputClosed = false;
  readonly #perTurn: number;
  #mayDeliver: number;

  /** `maxBody` in bytes; `perTurn`: messages that are delivered before others have their turn. */
  constructor(socket: Socket, maxBody: number, perTurn: number = Infinity) {
    this.#socket = socket;
    this.#perTurn = perTurn;
    this.#mayDeliver = perTurn;
    this.#decoder = new FrameDecoder(maxBody);
    // First of all: a socket without it takes the process down with ECONNRESET.
    socket.on("error", () => {});
    socket.on("close", () => this.#closes.fire());
  }

  /** Whether a frame has begun and is not complete. */
  get partial(): boolean {
    return this.#decoder.partial;
  }

  /** Complete frames that arrived so far. */
  get frames(): number {
    return this.#frames;
  }

  /** Frames that arrived and were not delivered yet. */
  get waiting(): number {
    return this.#backlog.length;
  }

  /** Whether the reader keeps the socket paused. */
  get paused(): boolean {
    return this.#socket.isPaused();
  }

  /** Registers what happens after frames had to wait for their turn; one listener at a time. */
  onTurn(listener: () => void): void {
    this.#onTurn = listener;
  }

  listen(deliver: DataCallback): Disposable {
    this.#deliver = deliver;
    this.#socket.on("data", (chunk: Buffer) => this.#accept(chunk));
    return { dispose: () => this.stop() };
  }

  /** Delivers nothing and reads nothing until each `hold` has ended. */
  hold(): void {
    this.#holds += 1;
    this.#socket.pause();
  }

  /** Ends one `hold`. */
  release(): void {
    this.#holds -= 1;
    this.pump();
  }

  /** Reads nothing more, but still delivers the frames that arrived. */
  closeInput(): void {
    this.#inputClosed = true;
    this.#socket.pause();
  }

  /** Delivers nothing more, whatever arrived. */
  stop(): void {
    this.#stopped = true;
    this.#backlog = [];
  }

  dispose(): void {
    this.stop();
    this.#errors.dispose();
    this.#closes.dispose();
    this.#partials.dispose();
  }

  /** The message of a frame, or `undefined` for none; throws a `WireError`. */
  protected abstract message(body: Buffer): Message | undefined;

  /** Whether another frame may be delivered now. */
  protected abstract hasRoom(): boolean;

  /** Whether a body of so many bytes is taken, now or once more is known; throws a `WireError`. */
  protected takes(_bytes: number): boolean {
    return true;
  }

  /** Delivers what waits as far as there is room, and pauses the socket where there is none. */
  pump(): void {
    try {
      while (this.#holds === 0 && this.#mayDeliver > 0 && this.hasRoom()) {
        const [body] = this.#backlog;
        if (body === undefined || !this.takes(body.length)) break;
        this.#backlog.shift();
        this.#spend();
        const message = this.message(body);
        if (message !== undefined) this.#deliver(message);
      }
    } catch (error) {
      this.#fail(error);
    }
    if (this.#stopped || this.#inputClosed) return;
    if (this.#holds > 0 || this.#backlog.length > 0 || !this.#takesRest()) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** Whether the rest of the frame that has begun is read on: what it holds back costs memory. */
  #takesRest(): boolean {
    try {
      return this.takes(this.#decoder.announced ?? 0);
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #spend(): void {
    this.#mayDeliver -= 1;
    if (this.#mayDeliver > 0) return;
    setImmediate(() => {
      this.#mayDeliver = this.#perTurn;
      this.pump();
      this.#onTurn();
    });
  }

  #accept(chunk: Buffer): void {
    if (this.#stopped) return;
    try {
      const bodies = this.#decoder.push(chunk);
      this.#frames += bodies.length;
      this.#backlog.push(...bodies);
    } catch (error) {
      return this.#fail(error);
    }
    this.pump();
  }

  #fail(error: unknown): void {
    this.stop();
    // A fault of ours must not pass on what another library put into its message.
    this.#errors.fire(error instanceof WireError ? error : new WireError("envelope"));
    this.#socket.destroy();
  }
}

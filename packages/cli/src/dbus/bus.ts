import type { Socket } from "node:net";
import { DBusError } from "./failure.ts";
import { Frames } from "./frames.ts";
import type { Greeted } from "./handshake.ts";
import { KINDS, writeMessage } from "./message.ts";
import type { Message, Outgoing } from "./message.ts";
import type { Value } from "./variant.ts";

const BUS = "org.freedesktop.DBus";
/** More are read when some of these are answered: others' messages shall not fill our memory. */
const MOST_AT_ONCE = 32;

/** A method of somebody's object, and what it is called with. */
export interface Call {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly values?: readonly Value[];
}

/** What a method answers. */
export interface Answer {
  readonly signature: string;
  readonly values: readonly Value[];
}

/** Who answers the calls that come, and hears the signals; what answers throws is an error there. */
export interface Listener {
  readonly answer: (call: Message) => Promise<Answer>;
  readonly hear: (signal: Message) => void;
}

/** A connection to a bus. It ends with the bus, or by `close`. */
export class Bus {
  /** The id of the bus itself: another one has another. */
  readonly guid: string;
  /** Resolves when the connection is over. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #pending = new Map<number, (message: Message) => void>();
  #listener: Listener | undefined;
  readonly #answering = new Set<Promise<void>>();
  #serial = 0;

  constructor({ guid, socket }: Greeted) {
    this.guid = guid;
    this.#socket = socket;
    const frames = new Frames((message) => this.#take(message));
    socket.on("data", (chunk: Buffer) => {
      try {
        frames.add(chunk);
      } catch {
        // The bus passes on nothing that is no message; so this is none.
        socket.destroy();
      }
    });
    socket.on("error", () => socket.destroy());
    this.ended = new Promise((resolve) => {
      socket.once("close", () => {
        this.#pending.clear();
        resolve();
      });
    });
    socket.resume();
  }

  /** Takes part in the bus; resolves with the unique name that it gave. */
  async hello(listener: Listener): Promise<string> {
    this.#listener = listener;
    const [name] = await this.ask("Hello");
    return name as string;
  }

  /** Asks the bus itself. */
  ask(member: string, signature = "", values: readonly Value[] = []): Promise<readonly Value[]> {
    const path = "/org/freedesktop/DBus";
    return this.call({ destination: BUS, path, interface: BUS, member, signature, values });
  }

  /** Calls a method; resolves with what it answered, rejects with its error. */
  async call(call: Call): Promise<readonly Value[]> {
    const serial = this.#send({ kind: KINDS.call, ...call });
    const answered = new Promise<Message>((resolve) => {
      this.#pending.set(serial, (reply) => {
        // Nobody but the bus itself speaks for the bus.
        if (call.destination === BUS && reply.sender !== BUS) return;
        this.#pending.delete(serial);
        resolve(reply);
      });
    });
    const message = await Promise.race([answered, this.ended]);
    if (message === undefined) throw new DBusError(`${BUS}.Error.Disconnected`, "the bus is gone");
    const values = message.body();
    if (message.kind === KINDS.reply) return values;
    throw new DBusError(message.errorName ?? "", (values[0] ?? "") as string);
  }

  /** Says that something happened: to whoever listens, or to one. */
  signal(signal: Omit<Call, "destination"> & { readonly destination?: string }): void {
    this.#send({ kind: KINDS.signal, ...signal });
  }

  /** Resolves when no call that came is without its answer. */
  async settled(): Promise<void> {
    while (this.#answering.size > 0) await Promise.race(this.#answering);
  }

  /** Ends the connection behind what was sent. */
  close(): void {
    this.#socket.end();
  }

  #send(message: Outgoing): number {
    this.#serial = (this.#serial % 0xffff_ffff) + 1;
    if (this.#socket.writable) this.#socket.write(writeMessage(message, this.#serial));
    return this.#serial;
  }

  #take(message: Message): void {
    if (message.kind === KINDS.call) this.#begin(message);
    else if (message.kind === KINDS.signal) this.#listener?.hear(message);
    else if (message.replySerial !== undefined) {
      this.#pending.get(message.replySerial)?.(message);
    }
  }

  #begin(call: Message): void {
    const answered = this.#answer(call).finally(() => {
      this.#answering.delete(answered);
      this.#socket.resume();
    });
    this.#answering.add(answered);
    if (this.#answering.size >= MOST_AT_ONCE) this.#socket.pause();
  }

  async #answer(call: Message): Promise<void> {
    const to = { destination: call.sender ?? "", replySerial: call.serial };
    try {
      if (this.#listener === undefined) throw new DBusError(`${BUS}.Error.Failed`, "not yet");
      const answer = await this.#listener.answer(call);
      if (call.wantsReply) this.#send({ kind: KINDS.reply, ...answer, ...to });
    } catch (error) {
      if (!call.wantsReply) return;
      // The text of any other error may quote what it was given.
      const { message, name } =
        error instanceof DBusError ? error : { name: `${BUS}.Error.Failed`, message: "failed" };
      const values = [message.replaceAll("\0", "")];
      this.#send({ kind: KINDS.error, errorName: name, signature: "s", values, ...to });
    }
  }
}

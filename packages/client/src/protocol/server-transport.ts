import type { Socket } from "node:net";

import type {
  Message,
  NotificationMessage,
  RequestMessage,
  ResponseMessage,
} from "vscode-jsonrpc/node";

import { parseRequest } from "./envelope.ts";
import type { CancelEnvelope, RequestId } from "./envelope.ts";
import { StrongroomError } from "./errors.ts";
import type { InFlight } from "./in-flight.ts";
import { LIMITS } from "./limits.ts";
import { FrameReader } from "./message-reader.ts";
import { FrameWriter } from "./message-writer.ts";
import { WireError } from "./wire-error.ts";

/** Requests of one connection that are delivered before others have their turn. */
const PER_TURN = 8;

/** Who has shown a right to anything; `asked` = a credential is being judged. */
export type Standing = "asked" | "known" | "nobody";

/** The daemon's end: requests of at most 2 MiB; 16 KiB from nobody; at most 64 in flight. */
export class RequestReader extends FrameReader {
  readonly #inFlight: InFlight;
  readonly #standing: () => Standing;
  #received = 0;

  /** `standing`: of whoever is at the other end, asked before anything large is taken. */
  constructor(socket: Socket, inFlight: InFlight, standing: () => Standing = () => "known") {
    super(socket, LIMITS.requestBytes, PER_TURN);
    this.#inFlight = inFlight;
    this.#standing = standing;
  }

  /** Requests delivered so far. */
  get received(): number {
    return this.#received;
  }

  protected override hasRoom(): boolean {
    return this.#inFlight.hasRoom;
  }

  protected override takes(bytes: number): boolean {
    if (bytes <= LIMITS.unprovedBytes) return true;
    const standing = this.#standing();
    if (standing === "nobody") throw new WireError("body-length");
    return standing === "known";
  }

  protected override message(body: Buffer): Message | undefined {
    const envelope = parseRequest(body);
    if (envelope.kind === "cancel") return this.#cancellation(envelope);
    const { id, method, params } = envelope;
    this.#inFlight.begin(id);
    this.#received += 1;
    // vscode-jsonrpc types params more narrowly than what may be sent; `parseParams` judges them.
    const request: RequestMessage = { jsonrpc: "2.0", id, method };
    if (params !== undefined) request.params = params as object;
    return request;
  }

  #cancellation({ id }: CancelEnvelope): Message | undefined {
    if (this.#received === 0) throw new WireError("notification");
    // Passed on once and by the id as sent: the library looks it up by type and keeps the rest.
    const waiting: RequestId | undefined = this.#inFlight.cancel(id);
    if (waiting === undefined) return undefined;
    return cancellation(waiting);
  }
}

/** A reply: a result, or an error. */
export interface ReplyMessage extends ResponseMessage {
  readonly id: RequestId | null;
}

/** The daemon's end: replies of at most 8 MiB; a larger one is answered `TOO_LARGE` instead. */
export class ReplyWriter extends FrameWriter {
  readonly #inFlight: InFlight;

  constructor(socket: Socket, inFlight: InFlight) {
    super(socket);
    this.#inFlight = inFlight;
  }

  /** Hands a reply to the socket at once; nobody reads it where the socket is closed. */
  post(reply: ReplyMessage): void {
    if (this.writable) {
      const frame = this.encode(reply);
      this.send(frame.length > LIMITS.replyBytes ? this.encode(tooLarge(reply.id)) : frame);
    }
    if (reply.id !== null) this.#inFlight.end(reply.id);
  }

  override async write(message: Message): Promise<void> {
    if (!this.writable) throw new WireError("closed");
    this.post(message as ReplyMessage);
  }
}

function cancellation(id: RequestId): NotificationMessage {
  return { jsonrpc: "2.0", method: "$/cancelRequest", params: { id } };
}

function tooLarge(id: RequestId | null): ReplyMessage {
  const error = new StrongroomError(
    "TOO_LARGE",
    `the reply would be larger than ${LIMITS.replyBytes} bytes`,
    { hint: "Ask for fewer secrets at once." },
  );
  return { jsonrpc: "2.0", id, error: error.toWire() };
}

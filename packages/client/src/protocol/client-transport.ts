import type { Socket } from "node:net";

import type { Message } from "vscode-jsonrpc/node";

import { parseReply } from "./envelope.ts";
import { StrongroomError } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import { FrameReader } from "./message-reader.ts";
import { FrameWriter } from "./message-writer.ts";
import { WireError } from "./wire-error.ts";

/** The client's end: replies of at most 8 MiB. */
export class ReplyReader extends FrameReader {
  constructor(socket: Socket) {
    super(socket, LIMITS.replyBytes);
  }

  protected override hasRoom(): boolean {
    return true;
  }

  protected override message(body: Buffer): Message {
    return { jsonrpc: "2.0", ...parseReply(body) };
  }
}

/** The client's end: a request above 2 MiB is rejected with `TOO_LARGE` before a byte is sent. */
export class RequestWriter extends FrameWriter {
  /** Hands a request or a notification to the socket at once. */
  post(message: Message): void {
    if (!this.writable) throw new WireError("closed");
    const frame = this.encode(message);
    if (frame.length > LIMITS.requestBytes)
      throw new StrongroomError(
        "TOO_LARGE",
        `the request is larger than ${LIMITS.requestBytes} bytes`,
        { hint: "Split the batch." },
      );
    this.send(frame);
  }

  override async write(message: Message): Promise<void> {
    this.post(message);
  }
}

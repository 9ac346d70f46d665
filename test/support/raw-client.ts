import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";

import { encodeFrame, FrameDecoder } from "@strongroom/client/protocol";

/** A reply as it came, unchecked. */
export interface Reply {
  readonly id: number | string | null;
  readonly result?: { readonly [member: string]: unknown };
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data: { readonly code: string; readonly hint: string };
  };
}

/** A client that sends whatever bytes a test wants. */
export class RawClient {
  readonly socket: Socket;
  readonly replies: Reply[] = [];
  /** Resolves when the connection is gone, however it went. */
  readonly closed: Promise<void>;
  #wake: () => void = () => {};
  #id = 1000;

  private constructor(socket: Socket) {
    this.socket = socket;
    const decoder = new FrameDecoder(16_777_216);
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        resolve();
        this.#wake();
      });
    });
    socket.on("data", (chunk) => {
      for (const body of decoder.push(chunk)) this.replies.push(JSON.parse(String(body)) as Reply);
      this.#wake();
    });
  }

  /** Connects; a full backlog (EAGAIN) is tried again, for it means that somebody listens. */
  static async connect(path: string): Promise<RawClient> {
    for (;;) {
      const socket = connect(path);
      const client = new RawClient(socket);
      try {
        await once(socket, "connect");
        return client;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
        await new Promise((resolve) => {
          setTimeout(resolve, 5);
        });
      }
    }
  }

  /** Connects and says hello. */
  static async greeted(path: string): Promise<RawClient> {
    const client = await RawClient.connect(path);
    client.send(HELLO);
    await client.reply(0);
    client.replies.length = 0;
    return client;
  }

  /** Sends these messages in one write. */
  send(...messages: readonly unknown[]): void {
    this.raw(Buffer.concat(messages.map((message) => encodeFrame(JSON.stringify(message)))));
  }

  raw(bytes: Buffer | string): void {
    this.socket.write(bytes);
  }

  /** Sends a request and waits for its reply. */
  async call(method: string, params?: unknown): Promise<Reply> {
    const id = (this.#id += 1);
    this.send(request(id, method, params));
    return this.reply(id);
  }

  /** The reply with this id, now or when it comes; rejects when the connection ends without it. */
  async reply(id: number | string): Promise<Reply> {
    for (;;) {
      const found = this.replies.find((reply) => reply.id === id);
      if (found !== undefined) return found;
      if (this.socket.destroyed) throw new Error(`closed without a reply to ${id}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** A request object. */
export function request(id: unknown, method: string, params?: unknown): object {
  return { jsonrpc: "2.0", id, method, params };
}

/** The hello that every test client says, with id 0. */
export const HELLO: object = request(0, "hello", {
  protocol: { min: 1, max: 1 },
  client: { name: "test", version: "0" },
});

import { createServer, request } from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { closed, listening } from "./authorization-server.ts";

/** What a proxy in front of a token endpoint does to refreshes. */
export interface Fault {
  /**
   * `cut`: half of the answer arrives; `drop-after`: the server has answered, nothing arrives;
   * `drop-before`: the server has not seen it; `hang`: the same, but the connection stays;
   * `hang-after`: the server has answered, nothing arrives, the connection stays.
   */
  readonly kind: "cut" | "drop-after" | "drop-before" | "hang" | "hang-after" | "status";
  /** Of `status`. */
  readonly status?: number;
  readonly retryAfter?: string;
  /** Of `status`; empty = no body. */
  readonly body?: string;
  /** How many refreshes it is done to; all when it is not said. */
  readonly times?: number;
}

/** What a proxy has seen. */
interface Presented {
  /** Refresh tokens that were presented, and how often each was. */
  readonly tokens: ReadonlyMap<string, number>;
}

/** A proxy in front of an authorization server, which alone is spoken to. */
export interface FaultProxy {
  readonly origin: string;
  readonly presented: Presented;
  /** What happens to the refreshes from now on. */
  fault(fault: Fault | undefined): void;
  /** Answers itself what is asked for at a path. */
  answer(path: string, answer: () => Answer): void;
  /** What is waited for before a refresh goes on to the server. */
  before: () => Promise<void>;
  close(): Promise<void>;
}

/** An answer that is not the server's. */
interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** Starts a proxy in front of what listens at `portOf()` by the time that it is asked. */
export async function startFaultProxy(portOf: () => number): Promise<FaultProxy> {
  const tokens = new Map<string, number>();
  const answers = new Map<string, () => Answer>();
  let fault: Fault | undefined;
  let left = 0;
  const server = createServer((asked, answered) => {
    handle(asked, answered).catch(() => asked.socket.destroy());
  });
  const proxy: FaultProxy = {
    origin: `http://127.0.0.1:${await listening(server)}`,
    presented: { tokens },
    fault: (next) => {
      fault = next;
      left = next?.times ?? Infinity;
    },
    answer: (path, answer) => void answers.set(path, answer),
    before: () => Promise.resolve(),
    close: () => closed(server),
  };
  const handle = async (asked: IncomingMessage, answered: ServerResponse): Promise<void> => {
    const body = await bytesOf(asked);
    const own = answers.get(asked.url ?? "")?.();
    if (own !== undefined) {
      answered.writeHead(own.status, own.headers).end(own.body);
      return;
    }
    const form = new URLSearchParams(body.toString());
    const token = form.get("refresh_token");
    let now: Fault | undefined;
    if (asked.url === "/token" && token !== null) {
      tokens.set(token, (tokens.get(token) ?? 0) + 1);
      if (left > 0) now = fault;
      left -= 1;
      await proxy.before();
    }
    if (now?.kind === "hang") return;
    if (now?.kind === "drop-before") return void asked.socket.destroy();
    if (now?.kind === "status") {
      const { body: text = '{"error":"temporarily_unavailable"}', retryAfter, status = 503 } = now;
      answered.writeHead(status, {
        "content-type": "application/json",
        ...(retryAfter === undefined ? {} : { "retry-after": retryAfter }),
      });
      return void answered.end(text);
    }
    const { status, headers, content } = await forward(portOf(), asked, body);
    if (now?.kind === "hang-after") return;
    if (now?.kind === "drop-after") return void asked.socket.destroy();
    answered.writeHead(status, headers);
    if (now?.kind !== "cut") return void answered.end(content);
    answered.write(content.subarray(0, content.length / 2), () => asked.socket.destroy());
  };
  return proxy;
}

interface Forwarded {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly content: Buffer;
}

function forward(port: number, asked: IncomingMessage, body: Buffer): Promise<Forwarded> {
  return new Promise((resolve, reject) => {
    const { headers, method, url } = asked;
    // The name that it was asked by goes on, so that the server calls itself by it.
    const onward = request({ host: "127.0.0.1", port, method, path: url, headers, agent: false });
    onward.once("error", reject);
    onward.once("response", (incoming) => {
      const { "transfer-encoding": _, ...kept } = incoming.headers;
      bytesOf(incoming)
        .then((content) => {
          const status = incoming.statusCode ?? 500;
          resolve({
            status,
            headers: { ...kept, "content-length": content.length },
            content,
          });
        })
        .catch(reject);
    });
    onward.end(body);
  });
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

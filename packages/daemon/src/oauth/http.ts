import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import type { LookupFunction, Socket } from "node:net";
import { StrongroomError } from "@strongroom/client/protocol";
import { allowInsecureRequests, customFetch } from "oauth4webapi";
import type { CustomFetchOptions } from "oauth4webapi";
import { openConnection } from "./connection.ts";
import { readNetwork } from "./network.ts";
import { permittedUrl } from "./permission.ts";

/** Milliseconds that one exchange may take, from the question for an address to the last byte. */
const DEADLINE_MS = 10_000;
/** The longest body of an answer. */
const BODY_BYTES = 262_144;
/** Headers that somebody looks at. */
const HEADERS = ["content-type", "retry-after", "www-authenticate"] as const;

const BODILESS: readonly number[] = [204, 205, 304];

/** What the network is spoken to with; tests have other addresses and less patience. */
export interface Http {
  /** Where `network.json` is looked for, before each exchange. */
  readonly configFolder: string;
  readonly lookup?: LookupFunction;
  readonly deadlineMs?: number;
}

/** What an exchange is allowed. */
export interface Allowance {
  /** The one host that may be private or loopback: that which the owner typed (`URL.hostname`). */
  readonly privateHost: string | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Called before the first byte of a request goes out: until then nobody has seen it. */
  readonly sent?: () => void;
}

type Outgoing = CustomFetchOptions<string, URLSearchParams | string | null | undefined>;

/** What every request of oauth4webapi is made with. */
export interface RequestOptions {
  readonly [customFetch]: (href: string, outgoing: Outgoing) => Promise<Response>;
  readonly [allowInsecureRequests]: true;
}

/**
 * What makes oauth4webapi speak through `exchange`, which judges every URL; what that rejects with
 * comes out of it unchanged.
 */
export function speaking(http: Http, allowance: Allowance): RequestOptions {
  return {
    [customFetch]: (href, outgoing) => exchange(http, allowance, href, outgoing),
    [allowInsecureRequests]: true,
  };
}

/**
 * One request and its answer, whatever its status: https alone (or http to the loopback host that
 * the owner typed), no redirect followed, at most 10 s and 256 KiB. Rejects with `DENIED` for what
 * may not be spoken to, with `UNAVAILABLE` when there is no whole answer, with `INVALID` for a
 * damaged `network.json`.
 */
async function exchange(
  { configFolder, deadlineMs = DEADLINE_MS, lookup }: Http,
  { privateHost, sent, signal }: Allowance,
  href: string,
  outgoing: Outgoing,
): Promise<Response> {
  const url = permittedUrl(href, privateHost);
  const { host } = url;
  const end = new AbortController();
  const withdraw = (): void => end.abort(`nobody waits for ${host} any more`);
  const late = `${host} did not answer within ${deadlineMs / 1000} s`;
  const deadline = setTimeout(() => end.abort(late), deadlineMs);
  signal.addEventListener("abort", withdraw, { once: true });
  if (signal.aborted) withdraw();
  try {
    const network = await readNetwork(configFolder);
    const to = { url, privateHost, network, lookup, signal: end.signal };
    const socket = await openConnection(to);
    sent?.();
    return await talk(socket, url, outgoing);
  } catch (error) {
    throw end.signal.aborted ? unanswered(String(end.signal.reason), error) : error;
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener("abort", withdraw);
    end.abort();
  }
}

/** Sends the request over an open connection. */
function talk(socket: Socket, url: URL, { body, headers, method }: Outgoing): Promise<Response> {
  return new Promise((resolve, reject) => {
    const content = Buffer.from(String(body ?? ""));
    const fail = (cause?: unknown): void => {
      const known = cause instanceof StrongroomError;
      reject(known ? cause : unanswered(`${url.host} gave no whole answer`, cause));
    };
    const asked = request({
      createConnection: () => socket,
      method,
      path: `${url.pathname}${url.search}`,
      headers: {
        ...headers,
        host: url.host,
        "user-agent": "strongroom",
        ...(content.length > 0 || method === "POST" ? { "content-length": content.length } : {}),
      },
    });
    asked.once("error", fail);
    asked.once("close", fail);
    asked.once("response", (incoming) => {
      bodyOf(incoming, url)
        .then((bytes) => resolve(responseOf(incoming, bytes)))
        .catch(fail);
    });
    asked.end(content);
  });
}

function bodyOf(incoming: IncomingMessage, { host }: URL): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    incoming.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= BODY_BYTES) chunks.push(chunk);
      else incoming.destroy(unanswered(`${host} answered with more than ${BODY_BYTES} bytes`));
    });
    incoming.once("error", reject);
    incoming.once("end", () => resolve(Buffer.concat(chunks)));
  });
}

function responseOf({ headers, statusCode = 0 }: IncomingMessage, body: Buffer): Response {
  const kept = HEADERS.flatMap((name): [string, string][] => {
    const value = headers[name];
    return value === undefined ? [] : [[name, value]];
  });
  // A `Response` takes no other statuses, and no body with some of these.
  const status = statusCode >= 200 && statusCode <= 599 ? statusCode : 599;
  const isBare = body.length === 0 || BODILESS.includes(status);
  return new Response(isBare ? null : body, { status, headers: kept });
}

function unanswered(what: string, cause?: unknown): StrongroomError {
  return new StrongroomError("UNAVAILABLE", what, {
    hint: "see to the network, then try again",
    ...(cause === undefined ? {} : { cause }),
  });
}

import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { StrongroomError } from "@strongroom/client/protocol";
import { loginFailure, notOurs } from "./refusal.ts";

/** The one path that a browser is sent back to. */
const PATH = "/callback";
/** Milliseconds for one request to arrive in. */
const REQUEST_MS = 5000;
const MOST_CONNECTIONS = 8;
/** A browser may ask for other things first; whoever asks for more than this is none. */
const MOST_ASTRAY = 20;

/** A page without anything of the request, and without anything from elsewhere. */
const PAGE =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>strongroom</title>' +
  "<p>This page has done its part: close it, and see in the terminal what came of it.</p></html>\n";

const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  "content-type": "text/html; charset=utf-8",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  connection: "close",
} as const;

/** Where a browser comes back to (RFC 8252 section 7.3). */
export interface Loopback {
  readonly redirectUri: string;
  /** The query of the first request to that path; rejects once it is closed. */
  readonly answer: Promise<URLSearchParams>;
  /** Listens no longer, for this reason. */
  close(reason: StrongroomError): void;
}

/**
 * Listens on 127.0.0.1, on a port that the system chooses, for one GET of one path, which is
 * answered by a page that is always the same; after it nobody listens there any more.
 */
export async function listenForAnswer(): Promise<Loopback> {
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS });
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(loginFailure(cause, "listening for the browser")));
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const authority = `127.0.0.1:${port}`;
  let astray = 0;
  let end: Loopback["close"] = nothing;
  const answer = new Promise<URLSearchParams>((resolve, reject) => {
    end = (reason) => {
      server.close().closeAllConnections();
      reject(reason);
    };
    server.on("request", (asked: IncomingMessage, answered: ServerResponse) => {
      const query = queryOf(asked, authority);
      if (query === undefined) {
        astray += 1;
        answered.writeHead(404, HEADERS).end();
        if (astray > MOST_ASTRAY) end(notOurs("something else asks the page of the sign-in"));
        return;
      }
      // Before anything else can be taken up.
      server.close();
      resolve(query);
      answered.once("close", () => server.closeAllConnections());
      answered.writeHead(200, HEADERS).end(PAGE);
    });
    server.on("error", (cause) => end(loginFailure(cause, "listening for the browser")));
  });
  // It may be that nobody waits for it.
  answer.catch(() => undefined);
  return { redirectUri: `http://${authority}${PATH}`, answer, close: end };
}

/** What stands behind the path, when this is the request that is listened for. */
function queryOf(
  { headers, method, url = "" }: IncomingMessage,
  authority: string,
): URLSearchParams | undefined {
  // Another name that leads here is somebody else's page.
  if (method !== "GET" || headers.host !== authority) return undefined;
  const [path, query] = url.split("?", 2);
  return path === PATH && query !== undefined ? new URLSearchParams(query) : undefined;
}

function nothing(): void {}

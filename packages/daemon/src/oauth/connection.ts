import { lookup as systemLookup } from "node:dns";
import { connect as connectPlain, isIP } from "node:net";
import type { LookupFunction, Socket } from "node:net";
import { connect as connectSecure, createSecureContext, rootCertificates } from "node:tls";
import type { SecureContext } from "node:tls";
import { StrongroomError } from "@strongroom/client/protocol";
import { reachOf } from "./addresses.ts";
import type { Network } from "./network.ts";
import { astray, hostOf, mayConnect } from "./permission.ts";

/** The longest head of a proxy's answer. */
const HEAD_BYTES = 16_384;
const HEAD_END = "\r\n\r\n";

/** Whom a connection is made to, and how. */
export interface Destination {
  /** A permitted one. */
  readonly url: URL;
  readonly privateHost: string | undefined;
  readonly network: Network;
  readonly lookup?: LookupFunction | undefined;
  /** Closes what was opened, at any time. */
  readonly signal: AbortSignal;
}

/**
 * A connection on which the other end has seen nothing yet but a handshake: its address was
 * judged, its certificate was believed. A name is asked for once, and what was judged of the
 * answer is what is connected to; a proxy asks for it itself. Rejects with `DENIED` or
 * `UNAVAILABLE`.
 */
export async function openConnection(to: Destination): Promise<Socket> {
  const { network, privateHost, url } = to;
  const host = hostOf(url);
  const port = portOf(url);
  const isDirect = network.proxy === undefined || url.hostname === privateHost;
  const plain = isDirect
    ? await opened(to, connectPlain({ host, port, lookup: judging(to) }), "connect")
    : await tunnel(to, network.proxy, `${url.hostname}:${port}`);
  if (url.protocol === "http:") return plain;
  const secureContext = contextOf(network.extraCa);
  const secure = connectSecure({
    socket: plain,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ALPNProtocols: ["http/1.1"],
    // Said, or a variable of the environment could say otherwise.
    rejectUnauthorized: true,
    ...(secureContext === undefined ? {} : { secureContext }),
  });
  return await opened(to, secure, "secureConnect");
}

/**
 * The host of a URL that its owner typed, where it is private or loopback, or resolves to that and
 * nothing else: the one that may be spoken to although it is (`URL.hostname`).
 */
export async function privateHostOf(
  typed: string,
  lookup: LookupFunction = systemLookup,
): Promise<string | undefined> {
  if (!URL.canParse(typed)) return undefined;
  const url = new URL(typed);
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await resolved(host, lookup) : [host];
  const reaches = addresses.map(reachOf);
  const isPrivate = reaches.every((reach) => reach === "loopback" || reach === "private");
  return isPrivate && reaches.length > 0 ? url.hostname : undefined;
}

function resolved(host: string, lookup: LookupFunction): Promise<readonly string[]> {
  return new Promise((resolve) => {
    lookup(host, { all: true }, (_error, found) => {
      resolve(Array.isArray(found) ? found.map(({ address }) => address) : []);
    });
  });
}

/** Resolves when a socket is open; it and its failures end with the signal. */
function opened<S extends Socket>(
  { signal, url }: Destination,
  socket: S,
  event: "connect" | "secureConnect",
): Promise<S> {
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown): void => {
      reject(cause instanceof StrongroomError ? cause : unreachable(url, cause));
    };
    // For as long as it lives: nobody else may listen when it breaks.
    socket.on("error", fail);
    socket.once("close", () => fail());
    socket.once(event, () => resolve(socket));
    signal.addEventListener("abort", () => socket.destroy(), { once: true });
    if (signal.aborted) socket.destroy();
  });
}

function judging({ lookup = systemLookup, privateHost, url }: Destination): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const addresses = Array.isArray(found) ? found : [];
      const [first] = addresses;
      if (error !== null || first === undefined) {
        callback(error ?? astray(url), []);
      } else if (!addresses.every(({ address }) => mayConnect(url, address, privateHost))) {
        callback(astray(url), []);
      } else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** A way through an HTTP proxy (RFC 9110 section 9.3.6). */
async function tunnel(to: Destination, proxy: URL, authority: string): Promise<Socket> {
  const socket = connectPlain({ host: hostOf(proxy), port: portOf(proxy) });
  await opened(to, socket, "connect");
  const { password, username } = proxy;
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  const lines = [
    `CONNECT ${authority} HTTP/1.1`,
    `Host: ${authority}`,
    ...(username === "" ? [] : [`Proxy-Authorization: Basic ${login.toString("base64")}`]),
  ];
  socket.write(`${lines.join("\r\n")}${HEAD_END}`);
  const head = await headOf(to, socket);
  const [, status] = /^HTTP\/1\.[01] (\d{3})\b/.exec(head) ?? [];
  if (status === "200") return socket;
  throw unreachable(to.url, { code: `the proxy answers ${status ?? "nothing"}` });
}

/** What a proxy says until it lets both ends talk; nothing may follow, for the client speaks first. */
function headOf({ url }: Destination, socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = "";
    const more = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (head.length < HEAD_BYTES && !head.includes(HEAD_END)) return;
      socket.off("data", more);
      socket.pause();
      if (head.indexOf(HEAD_END) === head.length - HEAD_END.length) resolve(head);
      else reject(unreachable(url, { code: "the proxy says too much" }));
    };
    socket.on("data", more);
    socket.once("close", () => reject(unreachable(url, { code: "the proxy hung up" })));
  });
}

let known: { readonly extraCa: string; readonly context: SecureContext } | undefined;

/** To read all certificates takes tens of milliseconds: once for a file. */
function contextOf(extraCa: string | undefined): SecureContext | undefined {
  if (extraCa === undefined) return undefined;
  if (known?.extraCa !== extraCa) {
    known = { extraCa, context: createSecureContext({ ca: [...rootCertificates, extraCa] }) };
  }
  return known.context;
}

function portOf({ port, protocol }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}

function unreachable({ host }: URL, cause?: unknown): StrongroomError {
  const { code = "closed" } = (cause ?? {}) as { readonly code?: string };
  return new StrongroomError("UNAVAILABLE", `${host} cannot be reached (${code})`, {
    hint: "see to the network, then try again; config/network.json names a proxy and certificates",
    cause,
  });
}

import { isIP } from "node:net";
import { StrongroomError } from "@strongroom/client/protocol";
import { reachOf } from "./addresses.ts";

/** Hosts that may be spoken to without TLS where the owner typed them; as `URL.hostname` has them. */
const PLAIN: readonly string[] = ["127.0.0.1", "[::1]", "localhost"];

/** Names that are loopback whatever a resolver says (RFC 6761 section 6.3). */
const LOCAL = /(?:^|\.)localhost\.?$/;

/**
 * The URL of a request, or `DENIED`: https, or http to the loopback host that the owner typed, and
 * no name or password in it. `privateHost`: the one host that may be private, as `URL.hostname`
 * has it.
 */
export function permittedUrl(href: string, privateHost: string | undefined): URL {
  const url = URL.canParse(href) ? new URL(href) : undefined;
  if (url === undefined) throw denied("an address of the server is no URL", SEE_URL);
  const { hostname, password, protocol, username } = url;
  const isPlain = protocol === "http:" && hostname === privateHost && PLAIN.includes(hostname);
  if (protocol !== "https:" && !isPlain) {
    if (protocol !== "http:") throw denied("an address of the server is none of the web", SEE_URL);
    throw denied(`${url.host} would be spoken to without TLS`, USE_TLS);
  }
  if (username !== "" || password !== "") {
    throw denied(`the URL of ${url.host} holds a name or a password`, LEAVE_OUT);
  }
  const host = hostOf(url);
  if (isIP(host) !== 0 && !mayConnect(url, host, privateHost)) throw astray(url);
  if (LOCAL.test(host) && url.hostname !== privateHost) throw astray(url);
  return url;
}

/** Whether the host of a permitted URL may be spoken to at an address that it resolved to. */
export function mayConnect(url: URL, address: string, privateHost: string | undefined): boolean {
  const reach = reachOf(address);
  if (url.protocol === "http:") return reach === "loopback";
  if (reach === "public") return true;
  return url.hostname === privateHost && reach !== "other";
}

/** What a host is connected to by: no brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

/** `DENIED`: a host that is, or resolves to, what may not be spoken to. */
export function astray(url: URL): StrongroomError {
  return denied(`${url.hostname} is an address that is not public`, NAME_IT);
}

const SEE_URL =
  "see that the URL is that of the server, and what it says of itself is right: strongroom help oauth";
const LEAVE_OUT = "leave the name and the password out of it: strongroom help oauth";
const USE_TLS =
  "give it by its https URL; http is for a loopback host that you name: strongroom help oauth";
const NAME_IT =
  "if it is yours, name it: by its URL in oauth login, or as registration.privateHost in oauth put; strongroom help oauth";

function denied(what: string, hint: string): StrongroomError {
  return new StrongroomError("DENIED", what, { hint });
}

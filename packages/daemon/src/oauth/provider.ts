import type { StrongroomError } from "@strongroom/client/protocol";

/** How a client proves to the token endpoint who it is (RFC 7591 section 2). */
export type ClientAuth = "client_secret_basic" | "client_secret_post" | "none";

/** The authorization server of a credential, and our client there; pinned when it was made. */
export interface Registration {
  /** RFC 8414 section 2; compared with what the server says of itself. */
  readonly issuer: string;
  readonly tokenEndpoint: string;
  /** RFC 7009. */
  readonly revocationEndpoint?: string;
  readonly clientId: string;
  readonly clientAuth: ClientAuth;
  readonly clientSecret?: string;
  /** RFC 8707. */
  readonly resource?: string;
  /** The one private or loopback host that may be spoken to: the one that the owner typed. */
  readonly privateHost?: string;
}

/** What a token endpoint gave (RFC 6749 section 5.1). */
export interface Granted {
  readonly accessToken: string;
  /** As it stood in the answer. */
  readonly tokenType: string;
  /** Seconds; absent when the server did not say. */
  readonly expiresIn?: number;
  /** Absent: the one that was presented stays (RFC 6749 section 6). */
  readonly refreshToken?: string;
  /** Absent: those that were asked for. */
  readonly scopes?: readonly string[];
  /** Whose it is, where an ID token said so. */
  readonly subject?: string;
}

/** How one attempt at the token endpoint ended. Reasons never hold a token. */
export type Redemption =
  | { readonly kind: "granted"; readonly granted: Granted }
  /** DNS, refused, TLS, an address that may not be spoken to: the server has not seen the token. */
  | { readonly kind: "not-sent"; readonly reason: string; readonly hint?: string }
  /** It may have seen it: no answer, a cut one, or one that is no answer of a token endpoint. */
  | { readonly kind: "unanswered"; readonly reason: string }
  /** 429 or 5xx with a body: the grant stands. */
  | { readonly kind: "busy"; readonly status: number; readonly retryAfterMs?: number }
  /** `invalid_grant`: what was presented is dead. */
  | { readonly kind: "rejected"; readonly error: string }
  /** `invalid_client`, `unauthorized_client`, `invalid_scope` …: nothing is dead, the owner must mend it. */
  | { readonly kind: "misconfigured"; readonly error: string };

/** Why the server of a registration can be asked nothing, whatever it answers; undefined: it can. */
export type Obstacles = (
  registration: Pick<Registration, "privateHost" | "tokenEndpoint">,
) => StrongroomError | undefined;

/** What the flights of refresh tokens need of the network. */
export interface Provider {
  /** What stands in the way here, before anything is sent: an address, `network.json`. Never rejects. */
  obstacles(): Promise<Obstacles>;
  /** Presents a refresh token once. Never rejects; `signal` ends the wait, as `unanswered` if it was sent. */
  redeem(
    registration: Registration,
    request: { readonly refreshToken: string; readonly scopes?: readonly string[] },
    signal: AbortSignal,
  ): Promise<Redemption>;
  /** RFC 7009; whether the server took it. Never rejects. */
  revoke(registration: Registration, refreshToken: string, signal: AbortSignal): Promise<boolean>;
}

/** The authorization server of a credential, and the vault's client there. */
export interface OAuthRegistration {
  /** RFC 8414, section 2. */
  readonly issuer: string;
  readonly tokenEndpoint: string;
  /** RFC 7009. */
  readonly revocationEndpoint?: string;
  readonly clientId: string;
  /** How it proves who it is; with `none` it has no secret. */
  readonly clientAuth: "client_secret_basic" | "client_secret_post" | "none";
  readonly clientSecret?: string;
  /** RFC 8707. */
  readonly resource?: string;
  /** The one private or loopback host that may be spoken to: the one that the owner typed. */
  readonly privateHost?: string;
}

/** What a server says of itself to whoever is about to speak to it. */
export type OAuthServer = Pick<
  OAuthRegistration,
  "issuer" | "privateHost" | "resource" | "revocationEndpoint" | "tokenEndpoint"
>;

/** What a token endpoint gave (RFC 6749, section 5.1). */
export interface OAuthTokens {
  readonly accessToken?: string;
  /** `Bearer` when absent. */
  readonly tokenType?: string;
  /** Seconds from now on; 3600 are assumed where neither this nor `expiresAt` is known. */
  readonly expiresIn?: number;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  readonly refreshToken?: string;
}

/** What `oauth/put` stores in one step. */
export interface OAuthCredential {
  readonly name: string;
  readonly registration: OAuthRegistration;
  readonly scopes: readonly string[];
  /** Whose tokens they are, as the server calls it. */
  readonly subject?: string;
  /** What its owner calls the account. */
  readonly account?: string;
  readonly tokens?: OAuthTokens;
  /** Another program has this refresh token too: nobody presents it before `oauth/adopt`. */
  readonly shared?: true;
}

/** An OAuth credential as its owner is shown it: without tokens and secrets. */
export interface OAuthEntry {
  readonly name: string;
  /**
   * `ok`: it can be refreshed; `failing`: not now, and nothing is lost; `ending`: no more, but its
   * access token lives; `shared`: not yet.
   */
  readonly state: "ending" | "failing" | "ok" | "reauthorize" | "shared";
  /** Why it is not `ok`, in one sentence. */
  readonly why?: string;
  /** What helps, where it is `failing` and somebody knows. */
  readonly hint?: string;
  /** Where it is `failing`: nothing is tried before; milliseconds since 1970. */
  readonly nextAttemptAt?: number;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  /** With `none` the client has no secret. */
  readonly clientAuth: OAuthRegistration["clientAuth"];
  readonly revocationEndpoint?: string;
  readonly resource?: string;
  readonly privateHost?: string;
  readonly scopes: readonly string[];
  readonly subject?: string;
  readonly account?: string;
  readonly generation: number;
  readonly updatedAt: number;
  readonly obtainedAt?: number;
  readonly expiresAt?: number;
  /** The server did not say when it expires. */
  readonly expiryAssumed?: true;
  /** Whether there is a refresh token. */
  readonly refreshable: boolean;
  /** A presentation of the refresh token of which nobody knows yet what became. */
  readonly flight?: OAuthFlight;
}

/** One presentation of a refresh token, or two, without an answer. */
export interface OAuthFlight {
  readonly id: string;
  readonly attempts: number;
  readonly startedAt: number;
}

/** An access token that may be used now. */
export interface OAuthAccess {
  readonly name: string;
  readonly accessToken: string;
  readonly tokenType: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** The server did not say: an hour is assumed. */
  readonly expiryAssumed?: true;
  /** It lives shorter than `minTtl` asked for, and none that lives longer is to be had. */
  readonly short?: true;
  readonly scopes: readonly string[];
  readonly subject?: string;
  /** What `oauth/report` names when the token is refused. */
  readonly generation: number;
}

/** A sign-in that is asked for. */
export interface OAuthLoginAsked {
  readonly name: string;
  /** Of an issuer, or of a resource such as an MCP server. */
  readonly url: string;
  /** `device`: by a code that is typed elsewhere; `loopback`, by a browser here, when absent. */
  readonly flow?: "device" | "loopback";
  /** A client that is registered there already; without it one is registered. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** What is asked for; what the resource names, and what is usual, when absent. */
  readonly scopes?: readonly string[];
  readonly account?: string;
  /** Replaces the credential that stands. */
  readonly force?: true;
}

/** A sign-in that is under way: what a person is shown. */
export interface OAuthLogin {
  readonly name: string;
  /** What `oauth/login-wait` waits for. */
  readonly flight: string;
  /** Whether somebody else had begun it. */
  readonly joined: boolean;
  /** The page to sign in at. */
  readonly url: string;
  /** The code, and the page that it is typed on, where there is one. */
  readonly userCode?: string;
  readonly verificationUri?: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly resource?: string;
  /** Milliseconds since 1970: after this the page is of no use. */
  readonly expiresAt: number;
}

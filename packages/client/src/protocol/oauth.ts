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
  /** `ok`: it can be refreshed; `ending`: not, but its access token lives; `shared`: not yet. */
  readonly state: "ending" | "ok" | "reauthorize" | "shared";
  /** Why it is not `ok`, in one sentence. */
  readonly why?: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly resource?: string;
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

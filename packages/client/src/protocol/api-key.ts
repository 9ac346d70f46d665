/** An API key without its secret. */
export interface ApiKeyEntry {
  /** 10 letters and digits: the part of the key behind `srm_`. */
  readonly id: string;
  readonly name: string;
  readonly state: "active" | "expired" | "revoked";
  /** Rules such as `get,list:github/**`. */
  readonly allow: readonly string[];
  /** What is denied is denied, whatever is allowed. */
  readonly deny: readonly string[];
  /** Milliseconds since 1970, like all times here. */
  readonly createdAt: number;
  readonly expiresAt?: number;
  /** So many requests in so many milliseconds. */
  readonly rate?: { readonly count: number; readonly perMs: number };
  /** So many requests in all. */
  readonly quota?: number;
  /** How many of them were granted so far: at least as many as were served. */
  readonly used?: number;
  readonly revokedAt?: number;
}

/** What a key may do and for how long, as it is chosen. */
export interface ApiKeyTerms {
  readonly allow: readonly string[];
  readonly deny?: readonly string[];
  readonly expiresAt?: number;
  readonly noExpiry?: true;
  readonly rate?: NonNullable<ApiKeyEntry["rate"]>;
  readonly quota?: number;
}

/** A key that was made: the only time that its token is shown. */
export interface MadeApiKey {
  readonly id: string;
  readonly token: string;
}

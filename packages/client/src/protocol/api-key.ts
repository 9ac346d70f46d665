/** An API key without its secret. */
export interface ApiKeyEntry {
  /** 10 letters and digits: the part of the key behind `srm_`. */
  readonly id: string;
  readonly name: string;
  readonly state: "active" | "expired" | "revoked";
  /** Whom it is for: `strongroom`, or a service that has it judged by `key/verify`. */
  readonly audience: string;
  /** Rules such as `get,list:github/**`; for a service with actions of its own. */
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

/** A key that somebody has presented to a service, and what they want there. */
export interface PresentedKey {
  /** The key as it was presented, or `sha256`: one of the two. */
  readonly token?: string;
  /** Its SHA-256, 64 hex digits. */
  readonly sha256?: string;
  /** The service that asks; any that the caller may speak for where it is left out. */
  readonly service?: string;
  readonly action: string;
  readonly resource: string;
  /** As how many requests it counts, 1 where it is left out. */
  readonly cost?: number;
}

/** A key that may do what was asked, of which the cost is used now. */
export interface VerifiedKey {
  readonly id: string;
  readonly name: string;
  readonly audience: string;
  readonly expiresAt?: number;
  /** How much of its quota is left. */
  readonly remaining?: number;
}

import type { AtRevision, Repeatable } from "./methods.ts";

/** What a session token says of itself. */
export interface SessionTerms {
  /** Its id. */
  readonly jti: string;
  /** The id of the key that it is signed with. */
  readonly kid: string;
  /** What it is for; of that it may what its API key may at that moment. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A public key that session tokens are verified with (RFC 8037). */
export interface SessionJwk {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
  readonly kid: string;
  readonly alg: "EdDSA";
  readonly use: "sig";
}

/** What a vault asks of whoever comes by the owner's socket. */
export interface VaultPolicy {
  /** Whether they are nobody, until they show an API key or prove a slot. */
  readonly requireKey: boolean;
}

/** The methods of sessions, with their params and results. */
export interface SessionMethods {
  "session/authenticate": {
    /** An API key, or a session token. */
    params: { readonly token: string };
    /** `session`: where it was a session token. */
    result: {
      readonly id: string;
      readonly name: string;
      readonly session?: SessionTerms;
    } & AtRevision;
  };
  "session/issue": {
    params: {
      /** Some of the rules of the key, or narrower ones; all of them where it is left out. */
      readonly allow?: readonly string[];
      /** Seconds, as in a JWT: 900 where it is left out. */
      readonly ttl?: number;
    };
    /** `expiresAt`: in milliseconds since 1970. */
    result: {
      readonly token: string;
      readonly jti: string;
      readonly expiresAt: number;
    } & AtRevision;
  };
  "session/jwks": {
    params: Record<string, never>;
    /** A JWK set (RFC 7517), and the `iss` of the tokens. */
    result: { readonly keys: readonly SessionJwk[]; readonly issuer: string } & AtRevision;
  };
  "session/own": {
    /** The passphrase of a slot, or what a challenge held; neither asks for a challenge. */
    params: { readonly passphrase?: string; readonly answer?: string };
    /**
     * `types`: of the slots; `challenge`: an age file for every slot, in base64; `forMs`: how long
     * this connection is the owner's now.
     */
    result: {
      readonly required: boolean;
      readonly types: readonly string[];
      readonly challenge?: string;
      readonly forMs?: number;
    } & AtRevision;
  };
  "vault/policy": {
    params: VaultPolicy & Repeatable;
    result: VaultPolicy & AtRevision;
  };
}

import { keyShapes } from "./key-shapes.ts";
import { LIMITS } from "./limits.ts";
import { nothing } from "./method-entry.ts";
import type { MethodEntry } from "./method-entry.ts";
import type { Params, Result } from "./methods.ts";
import { object, optional } from "./object-shape.ts";
import type { SessionJwk, SessionMethods, SessionTerms } from "./session-methods.ts";
import { boolean, integer, list, oneOf, text } from "./shape.ts";
import { revision, time } from "./value-shapes.ts";

const terms = object<SessionTerms>({
  jti: text(),
  kid: text(),
  allow: list(text()),
  deny: list(text()),
  expiresAt: time,
});

const jwk = object<SessionJwk>({
  kty: oneOf("OKP"),
  crv: oneOf("Ed25519"),
  x: text(),
  kid: text(),
  alg: oneOf("EdDSA"),
  use: oneOf("sig"),
});

/** `session/*`, sorted. */
export const SESSION_METHODS: {
  readonly [M in Exclude<keyof SessionMethods, "vault/policy">]: MethodEntry<M>;
} = {
  "session/authenticate": {
    summary: "Makes a connection that of an API key; it is never the owner's again.",
    kind: "read",
    params: object<Params<"session/authenticate">>({
      token: text({ maxLength: LIMITS.tokenCharacters }),
    }),
    result: object<Result<"session/authenticate">>({
      id: text(),
      name: text(),
      session: optional(terms),
      revision,
    }),
  },
  "session/issue": {
    summary: "Makes a token of the API key that asks, for a few minutes.",
    kind: "read",
    params: object<Params<"session/issue">>({
      allow: optional(keyShapes.rules),
      ttl: optional(integer(1, LIMITS.tokenSeconds)),
    }),
    result: object<Result<"session/issue">>({
      token: text(),
      jti: text(),
      expiresAt: time,
      revision,
    }),
  },
  "session/jwks": {
    summary: "The public key by which others verify session tokens.",
    kind: "read",
    params: nothing,
    result: object<Result<"session/jwks">>({ keys: list(jwk), issuer: text(), revision }),
  },
  "session/own": {
    summary: "Proves a slot, where the vault asks even its owner who they are.",
    kind: "read",
    params: object<Params<"session/own">>({
      passphrase: optional(text({ maxLength: LIMITS.passphraseBytes })),
      answer: optional(text({ maxLength: 128 })),
    }),
    result: object<Result<"session/own">>({
      required: boolean,
      types: list(text()),
      challenge: optional(text()),
      forMs: optional(integer(1)),
      revision,
    }),
  },
};

import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { OWN_AUDIENCE } from "@strongroom/client/protocol";
import type { SessionJwk, SessionTerms } from "@strongroom/client/protocol";

/** What a session token says: of which API key it is, and what it is for. */
export interface Opened extends SessionTerms {
  /** The id of that key. */
  readonly key: string;
}

const ALG = "EdDSA";
/** No other kind of token is taken for one (RFC 8725, section 3.11). */
const TYP = "strongroom+jwt";
/** What stands before the 32 bytes of a private key in PKCS #8 (RFC 8410, section 7). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

interface Pair {
  readonly secret: KeyObject;
  readonly open: KeyObject;
  readonly jwk: SessionJwk;
}

/** Signs session tokens and knows its own again. */
export class Signer {
  readonly issuer: string;
  readonly #seed: () => Uint8Array;
  #made: Pair | undefined;

  /** `seed`: 32 bytes that belong to the data key of the vault; `issuer`: the vault's id. */
  constructor(issuer: string, seed: () => Uint8Array) {
    this.issuer = issuer;
    this.#seed = seed;
  }

  /** The key by which others verify. */
  get jwk(): SessionJwk {
    return this.#pair.jwk;
  }

  /** The data key may have changed: tokens of before are none any more. */
  renew(): void {
    this.#made = undefined;
  }

  /** The token that says this from the time `at` on; milliseconds, of which it holds the seconds. */
  async sign(
    { allow, deny, expiresAt, jti, key }: Omit<Opened, "kid">,
    at: number,
  ): Promise<string> {
    const { SignJWT } = await jose();
    const { jwk, secret } = this.#pair;
    return await new SignJWT({ allow, deny })
      .setProtectedHeader({ alg: ALG, kid: jwk.kid, typ: TYP })
      .setIssuer(this.issuer)
      .setAudience(OWN_AUDIENCE)
      .setSubject(key)
      .setJti(jti)
      .setIssuedAt(Math.floor(at / 1000))
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .sign(secret);
  }

  /** What a token says; undefined when it is none of ours, or not of this time. */
  async open(token: string, at: number): Promise<Opened | undefined> {
    const { jwtVerify } = await jose();
    const { jwk, open } = this.#pair;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, open, {
        algorithms: [ALG],
        audience: OWN_AUDIENCE,
        currentDate: new Date(at),
        issuer: this.issuer,
        requiredClaims: ["aud", "exp", "iat", "iss", "jti", "sub"],
        typ: TYP,
      });
      const { allow, deny, exp = 0, iat = Infinity, jti = "", sub = "" } = payload;
      // One from the future was made before the clock was set back.
      if (protectedHeader.kid !== jwk.kid || iat > at / 1000) return undefined;
      if (!isTexts(allow) || !isTexts(deny)) return undefined;
      return { jti, kid: jwk.kid, key: sub, allow, deny, expiresAt: exp * 1000 };
    } catch {
      return undefined;
    }
  }

  // Not before it is needed: most daemons never sign anything.
  get #pair(): Pair {
    return (this.#made ??= pairOf(this.#seed()));
  }
}

/** It is there from the start, in the daemon's one file, and begins when it is first needed. */
function jose(): Promise<typeof import("jose")> {
  return import("jose");
}

function pairOf(seed: Uint8Array): Pair {
  const der = Buffer.concat([PKCS8, seed]);
  const secret = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const open = createPublicKey(secret);
  const { x = "" } = open.export({ format: "jwk" });
  // RFC 7638: the members that it needs, in order.
  const thumb = JSON.stringify({ crv: "Ed25519", kty: "OKP", x });
  const kid = createHash("sha256").update(thumb).digest("base64url");
  const jwk = { kty: "OKP", crv: "Ed25519", x, kid, alg: ALG, use: "sig" } as const;
  return { secret, open, jwk };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  randomUUID,
  sign,
  verify,
} from "node:crypto";
import { Signer } from "@strongroom/daemon/src/authority/signer.ts";
import { describe, expect, it } from "vitest";

const NOW = 1_700_000_000_500;
const SECONDS = 1_700_000_000;
const seed = Buffer.alloc(32, 3);
const signer = new Signer("vault", () => seed);
const secret = createPrivateKey({
  key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]),
  format: "der",
  type: "pkcs8",
});

const base64url = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString("base64url");
const header = { alg: "EdDSA", kid: signer.jwk.kid, typ: "strongroom+jwt" };
const claims = {
  iss: "vault",
  aud: "strongroom",
  sub: "key",
  jti: "one",
  iat: SECONDS,
  exp: SECONDS + 60,
  allow: ["get:**"],
  deny: [],
};

/** A token as somebody who has the key could make it. */
function made(changes: { readonly header?: object; readonly claims?: object } = {}): string {
  const text = [
    base64url({ ...header, ...changes.header }),
    base64url({ ...claims, ...changes.claims }),
  ].join(".");
  return `${text}.${sign(null, Buffer.from(text), secret).toString("base64url")}`;
}

describe("a token", () => {
  const terms = {
    jti: "one",
    key: "key",
    allow: ["get:**"],
    deny: ["get:a"],
    expiresAt: NOW + 60_500,
  };

  it("says what it was made with, and others can verify it by the published key", async () => {
    const token = await signer.sign(terms, NOW);
    expect(await signer.open(token, NOW)).toEqual({
      ...terms,
      kid: signer.jwk.kid,
      expiresAt: 1_700_000_061_000,
    });
    const [head = "", body = "", signature = ""] = token.split(".");
    const key = createPublicKey({ key: { ...signer.jwk }, format: "jwk" });
    const text = Buffer.from(`${head}.${body}`);
    expect(verify(null, text, key, Buffer.from(signature, "base64url"))).toBe(true);
    expect(JSON.parse(Buffer.from(head, "base64url").toString())).toEqual(header);
    expect(JSON.stringify(signer.jwk)).not.toContain('"d"');
  });

  it("lasts from the second in which it was made to its end", async () => {
    expect(await signer.open(made(), NOW)).toMatchObject({ key: "key" });
    expect(await signer.open(made(), (SECONDS + 60) * 1000 - 1)).toBeDefined();
    expect(await signer.open(made(), (SECONDS + 60) * 1000)).toBeUndefined();
    expect(await signer.open(made(), SECONDS * 1000 - 1)).toBeUndefined();
  });

  it("of before is none when the seed is another, and the same when it is not", async () => {
    let current = Buffer.alloc(32, 1);
    const changing = new Signer("vault", () => current);
    const token = await changing.sign(terms, NOW);
    changing.renew();
    expect(await changing.open(token, NOW)).toBeDefined();
    current = Buffer.alloc(32, 2);
    changing.renew();
    expect(await changing.open(token, NOW)).toBeUndefined();
    expect(await changing.open(await changing.sign(terms, NOW), NOW)).toBeDefined();
  });
});

describe("what is no token of this vault is not opened", () => {
  const text = made().split(".").slice(0, 2).join(".");
  const [, body = "", signature = ""] = made().split(".");
  const confused = [base64url({ ...header, alg: "HS256" }), body].join(".");
  const hmac = (key: string | Buffer): string =>
    `${confused}.${createHmac("sha256", key).update(confused).digest("base64url")}`;
  const spki = createPublicKey(secret).export({ format: "pem", type: "spki" }).toString();
  const wrong: readonly (readonly [what: string, token: string])[] = [
    ["nothing", ""],
    ["two parts", text],
    ["no signature", `${text}.`],
    ["a changed signature", `${text}.${signature.slice(0, -4)}AAAA`],
    [
      "a changed body",
      [text.split(".")[0], base64url({ ...claims, sub: "other" }), signature].join("."),
    ],
    ["no algorithm", `${base64url({ ...header, alg: "none" })}.${body}.`],
    [
      "no algorithm, and a signature",
      `${base64url({ ...header, alg: "none" })}.${body}.${signature}`,
    ],
    ["an HMAC by the public key", hmac(Buffer.from(signer.jwk.x, "base64url"))],
    ["an HMAC by the public key as text", hmac(spki)],
    ["another algorithm in the header", made({ header: { alg: "RS256" } })],
    ["an unknown kid", made({ header: { kid: "other" } })],
    ["no kid", made({ header: { kid: undefined } })],
    ["another type", made({ header: { typ: "JWT" } })],
    ["no type", made({ header: { typ: undefined } })],
    ["a header that must be understood", made({ header: { crit: ["x"], x: 1 } })],
    ["a key in the header", made({ header: { jwk: signer.jwk, kid: "mine" } })],
    ["another vault", made({ claims: { iss: "other" } })],
    ["another audience", made({ claims: { aud: "billing" } })],
    ["no audience", made({ claims: { aud: undefined } })],
    ["no end", made({ claims: { exp: undefined } })],
    ["an end in the past", made({ claims: { exp: SECONDS } })],
    ["a beginning in the future", made({ claims: { nbf: SECONDS + 2 } })],
    ["made in the future", made({ claims: { iat: SECONDS + 2 } })],
    ["made at no time", made({ claims: { iat: undefined } })],
    ["no key", made({ claims: { sub: undefined } })],
    ["no id", made({ claims: { jti: undefined } })],
    ["rules that are none", made({ claims: { allow: "get:**" } })],
    ["denials that are none", made({ claims: { deny: [1] } })],
    ["much text", `${"a".repeat(4_000_000)}.b.c`],
    ["many dots", ".".repeat(8000)],
  ];

  it.each(wrong)("%s", async (_what, token) => {
    expect(await signer.open(token, NOW)).toBeUndefined();
  });

  it("another's signature", async () => {
    const other = new Signer("vault", () => Buffer.alloc(32, 9));
    const terms = { ...claims, key: "key", jti: randomUUID(), expiresAt: NOW + 60_000 };
    expect(await signer.open(await other.sign(terms, NOW), NOW)).toBeUndefined();
  });
});

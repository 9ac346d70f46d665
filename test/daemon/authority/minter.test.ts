import { createHash, createHmac } from "node:crypto";
import { parseApiToken } from "@strongroom/client/protocol";
import { Minter } from "@strongroom/daemon/src/authority/minter.ts";
import { expect, test } from "vitest";
import { testMinter } from "../../support/gate.ts";

test("a key is known by its token, and by no other", () => {
  const one = { ...testMinter.minting("owner", undefined)(1), proves: "sha256" } as const;
  const other = { ...testMinter.minting("owner", undefined)(1), proves: "sha256" } as const;
  expect(testMinter.knows(one, one.token)).toBe(true);
  expect(testMinter.knows(other, one.token)).toBe(false);
  expect(testMinter.knows(one, "")).toBe(false);
  expect(one.proof).not.toContain(parseApiToken(one.token)?.secret);
});

test("the proof of a token is found by its SHA-256", () => {
  const { proof, token } = testMinter.minting("owner", undefined)(1);
  expect(testMinter.proofOf(createHash("sha256").update(token).digest())).toBe(proof);
});

test("a key whose record proves its secret, as the first ones did, is known by it", () => {
  const { token } = testMinter.minting("owner", undefined)(1);
  const hmac = (key: Uint8Array, text: string): Buffer =>
    createHmac("sha256", key).update(text).digest();
  const key = hmac(Buffer.alloc(32, 8), "api key proofs");
  const proof = hmac(key, parseApiToken(token)?.secret ?? "").toString("hex");
  expect(testMinter.knows({ proof }, token)).toBe(true);
  expect(testMinter.knows({ proof, proves: "sha256" }, token)).toBe(false);
  expect(testMinter.knows({ proof }, testMinter.minting("owner", undefined)(1).token)).toBe(false);
});

test("the same request repeated makes the same key, and any other another", () => {
  const one = testMinter.minting("owner", "request")(1);
  expect(testMinter.minting("owner", "request")(1)).toEqual(one);
  const elsewhere = new Minter(Buffer.alloc(32, 9));
  const others = [
    testMinter.minting("owner", "other")(1),
    testMinter.minting("owner", "request")(2),
    testMinter.minting("key:x", "request")(1),
    elsewhere.minting("owner", "request")(1),
    testMinter.minting("owner", undefined)(1),
  ];
  expect(new Set([one, ...others].map(({ token }) => token)).size).toBe(6);
});

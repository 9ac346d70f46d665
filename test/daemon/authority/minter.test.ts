import { createHash, createHmac } from "node:crypto";
import { parseApiToken } from "@strongroom/client/protocol";
import { Minter } from "@strongroom/daemon/src/authority/minter.ts";
import { expect, test } from "vitest";
import { testMinter } from "../../support/gate.ts";

test("a key is known by its token, and by no other", () => {
  const one = { ...testMinter.mint("owner", undefined), proves: "sha256" } as const;
  const other = { ...testMinter.mint("owner", undefined), proves: "sha256" } as const;
  expect(testMinter.knows(one, one.token)).toBe(true);
  expect(testMinter.knows(other, one.token)).toBe(false);
  expect(testMinter.knows(one, "")).toBe(false);
  expect(one.proof).not.toContain(parseApiToken(one.token)?.secret);
});

test("the proof of a token is found by its SHA-256", () => {
  const { proof, token } = testMinter.mint("owner", undefined);
  expect(testMinter.proofOf(createHash("sha256").update(token).digest())).toBe(proof);
});

test("a key whose record proves its secret, as the first ones did, is known by it", () => {
  const { token } = testMinter.mint("owner", undefined);
  const hmac = (key: Uint8Array, text: string): Buffer =>
    createHmac("sha256", key).update(text).digest();
  const key = hmac(Buffer.alloc(32, 8), "api key proofs");
  const proof = hmac(key, parseApiToken(token)?.secret ?? "").toString("hex");
  expect(testMinter.knows({ proof }, token)).toBe(true);
  expect(testMinter.knows({ proof, proves: "sha256" }, token)).toBe(false);
  expect(testMinter.knows({ proof }, testMinter.mint("owner", undefined).token)).toBe(false);
});

test("the same request repeated makes the same key, and any other another", () => {
  const one = testMinter.mint("owner", "request");
  expect(testMinter.mint("owner", "request")).toEqual(one);
  const elsewhere = new Minter(Buffer.alloc(32, 9));
  const others = [
    testMinter.mint("owner", "other"),
    testMinter.mint("key:x", "request"),
    elsewhere.mint("owner", "request"),
    testMinter.mint("owner", undefined),
  ];
  expect(new Set([one, ...others].map(({ token }) => token)).size).toBe(5);
});

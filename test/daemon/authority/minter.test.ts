import { parseApiToken } from "@strongroom/client/protocol";
import { Minter } from "@strongroom/daemon/src/authority/minter.ts";
import { expect, test } from "vitest";
import { testMinter } from "../../support/gate.ts";

test("a key is known by its secret, and by no other", () => {
  const one = testMinter.minting("owner", undefined)(1);
  const other = testMinter.minting("owner", undefined)(1);
  const secret = parseApiToken(one.token)?.secret ?? "";
  expect(testMinter.knows(one, secret)).toBe(true);
  expect(testMinter.knows(other, secret)).toBe(false);
  expect(testMinter.knows(one, "")).toBe(false);
  expect(one.proof).not.toContain(secret);
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

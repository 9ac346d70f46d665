import { parseApiToken } from "@strongroom/client/protocol";
import { Minter } from "@strongroom/daemon/src/authority/minter.ts";
import { expect, test } from "vitest";
import { testMinter } from "../../support/gate.ts";

test("a key is known by its secret, and by no other", () => {
  const one = testMinter.mint("owner", undefined);
  const other = testMinter.mint("owner", undefined);
  const secret = parseApiToken(one.token)?.secret ?? "";
  expect(testMinter.knows(one, secret)).toBe(true);
  expect(testMinter.knows(other, secret)).toBe(false);
  expect(testMinter.knows(one, "")).toBe(false);
  expect(one.proof).not.toContain(secret);
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

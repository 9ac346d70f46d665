import type { SecretEntry } from "@strongroom/client/protocol";
import { changesBetween } from "strongroom/src/secret-service/changes.ts";
import { holdingsOf, unknownHoldings } from "strongroom/src/secret-service/holdings.ts";
import type { Holdings } from "strongroom/src/secret-service/holdings.ts";
import { veiled } from "strongroom/src/secret-service/veil.ts";
import { expect, it } from "vitest";

function of(versions: { readonly [name: string]: number }): Holdings {
  const entries = Object.entries(versions).map(([name, version]): SecretEntry => {
    return { name: `secret-service/${name}`, version, updatedAt: 0, metadata: {} };
  });
  return holdingsOf(entries, "");
}

function told(before: Holdings, after: Holdings): string[] {
  return changesBetween(before, after).map((change) => {
    const { id } = "now" in change ? change.now : change.was;
    return [change.of, "what" in change ? change.what : "", id].join(" ");
  });
}

it("says what became of items and collections between two looks", () => {
  const before = of({ "login/a": 1, "login/b": 1, "old/c": 1, kept: 1 });
  const after = of({ "login/a": 2, "login/d": 1, "new/e": 1, kept: 2 });
  expect(told(before, after)).toEqual([
    "item deleted b",
    "item changed a",
    "item created d",
    "contents  login",
    "collection created new",
    "item created e",
    "contents  new",
    "collection changed kept",
    "item deleted c",
    "collection deleted old",
  ]);
  expect(told(after, after)).toEqual([]);
});

it("says of a lock what is locked, and calls nothing new that was not known before", () => {
  const open = of({ "login/a": 1 });
  expect(told(open, veiled(open))).toEqual(["lock  login", "item lock a", "lock  session"]);
  expect(told(veiled(open), open)).toEqual(["lock  login", "item lock a", "lock  session"]);
  expect(told(unknownHoldings(), open)).toEqual([
    "contents  login",
    "lock  login",
    "item lock a",
    "lock  session",
  ]);
});

import type { SecretEntry } from "@strongroom/client/protocol";
import { aliased, areSame, holdingsOf } from "strongroom/src/secret-service/holdings.ts";
import { matching } from "strongroom/src/secret-service/search.ts";
import { expect, it } from "vitest";

function entry(name: string, note: object = {}, updatedAt = 0): SecretEntry {
  const metadata = { note: JSON.stringify(note) };
  return { name: `secret-service/${name}`, version: 1, updatedAt, metadata };
}

it("what is kept for a session is shown on its own bus alone", () => {
  const entries = [
    entry("session/ours", { bus: "a" }),
    entry("session/theirs", { bus: "b" }),
    entry("session/by-hand"),
    entry("login/any", { bus: "b" }),
  ];
  const { collections } = holdingsOf(entries, "a");
  expect([...(collections.get("session")?.items.keys() ?? [])]).toEqual(["ours"]);
  expect([...(collections.get("login")?.items.keys() ?? [])]).toEqual(["any"]);
});

it("default is the collection that somebody chose, else login", () => {
  const chosen = holdingsOf([entry("work", { aliases: ["default", "login"] })], "");
  expect(aliased(chosen, "default")?.id).toBe("work");
  expect(aliased(chosen, "login")?.id).toBe("login");
  const none = holdingsOf([], "");
  expect(["default", "login", "session", "x"].map((alias) => aliased(none, alias)?.id)).toEqual([
    "login",
    "login",
    "session",
    undefined,
  ]);
});

it("a search finds what has all that is asked for, the newest first", () => {
  const entries = [
    entry("login/old", { attributes: { a: "1", b: "2" } }, 1000),
    entry("login/new", { attributes: { a: "1" } }, 2000),
    entry("other/newer", { attributes: { a: "1", b: "2" } }, 3000),
    entry("other/none", {}, 4000),
  ];
  const { collections } = holdingsOf(entries, "");
  const found = (asked: { readonly [name: string]: string }): string[] =>
    matching(collections.values(), new Map(Object.entries(asked))).map(
      (path) => path.split("/").at(-1) ?? "",
    );
  expect(found({ a: "1" })).toEqual(["newer", "new", "old"]);
  expect(found({ a: "1", b: "2" })).toEqual(["newer", "old"]);
  expect(found({ a: "2" })).toEqual([]);
  expect(found({})).toEqual(["none", "newer", "new", "old"]);
});

it("attributes are the same when none is missing on either side", () => {
  const of = (pairs: object): Map<string, string> =>
    new Map(Object.entries(pairs) as [string, string][]);
  expect(areSame(of({ a: "1", b: "2" }), of({ b: "2", a: "1" }))).toBe(true);
  expect(areSame(of({ a: "1" }), of({ a: "1", b: "2" }))).toBe(false);
  expect(areSame(of({ a: "1", b: "2" }), of({ a: "1" }))).toBe(false);
  expect(areSame(of({ a: "1" }), of({ a: "2" }))).toBe(false);
});

import * as fc from "fast-check";
import { compareNames } from "@strongroom/daemon/src/vault/names.ts";
import { Scope } from "@strongroom/daemon/src/authority/scope.ts";
import { describe, expect, it } from "vitest";

describe("a scope", () => {
  it("allows what a rule allows, and nothing else", () => {
    const scope = new Scope({ allow: ["get,list:github/**", "set:ci/*"], deny: [] });
    expect(scope.allows("get", "github/a/b")).toBe(true);
    expect(scope.allows("set", "github/a")).toBe(false);
    expect(scope.allows("set", "ci/a")).toBe(true);
    expect(scope.allows("set", "ci/a/b")).toBe(false);
    expect(scope.allows("get", "gitlab/a")).toBe(false);
    expect(new Scope({ allow: [], deny: [] }).allows("get", "a")).toBe(false);
  });

  it("denies what a rule denies, whatever is allowed", () => {
    const scope = new Scope({ allow: ["*:**"], deny: ["get:github/admin/*", "purge:**"] });
    expect(scope.allows("get", "github/admin/x")).toBe(false);
    expect(scope.allows("list", "github/admin/x")).toBe(true);
    expect(scope.allows("purge", "a")).toBe(false);
    expect(scope.allows("get", "a")).toBe(true);
  });

  it("looks through no names but those that its rules could mean, each once and in order", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "ä", "😀"), maxLength: 4 });
    const pattern = fc
      .tuple(text, fc.constantFrom("*", "**", "*b", ""))
      .map((both) => both.join(""));
    const rule = pattern.filter((each) => each !== "").map((each) => `list:${each}`);
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), fc.uniqueArray(text), (allow, texts) => {
        const names = texts.toSorted(compareNames);
        const scope = new Scope({ allow: [...allow, "get:**"], deny: [] });
        const found = scope.candidates("list", names);
        expect(found).toEqual(names.filter((name) => found.includes(name)));
        for (const name of names) {
          if (scope.allows("list", name)) expect(found).toContain(name);
        }
      }),
    );
    const scope = new Scope({
      allow: ["list:b/**", "list:b/c/*", "list:b/d/*", "list:d*"],
      deny: [],
    });
    const names = ["a", "b", "b/a", "b/c/d", "b/d/e", "c", "d", "e"];
    expect(scope.candidates("list", names)).toEqual(["b/a", "b/c/d", "b/d/e", "d"]);
  });

  it("allows to speak for a service by name alone, and denies it with all else", () => {
    const verify = (allow: readonly string[], deny: readonly string[] = []): boolean =>
      new Scope({ allow, deny }).allows("verify", "billing");
    expect(verify(["*:**"])).toBe(false);
    expect(verify(["get,verify:bill*"])).toBe(true);
    expect(verify(["verify:billing"], ["*:**"])).toBe(false);
    const ofService = new Scope({ allow: ["*:**"], deny: [], audience: "billing" });
    expect(ofService.allows("verify", "x")).toBe(true);
  });

  it("allows to clear a prefix only where it covers every name that could begin so", () => {
    const scope = new Scope({ allow: ["delete:ci/**", "delete:tmp*"], deny: [] });
    expect(scope.allowsAll("delete", "ci/")).toBe(true);
    expect(scope.allowsAll("delete", "ci/old")).toBe(true);
    expect(scope.allowsAll("delete", "ci")).toBe(false);
    expect(scope.allowsAll("delete", "tmp")).toBe(false);
    const denied = new Scope({ allow: ["delete:ci/**"], deny: ["delete:ci/keep"] });
    expect(denied.allowsAll("delete", "ci/")).toBe(false);
  });
});

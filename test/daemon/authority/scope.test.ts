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

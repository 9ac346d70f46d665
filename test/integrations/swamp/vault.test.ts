import { describe, expect, it } from "vitest";
import { problemOf, vault } from "@strongroom/swamp/src/index.ts";

// The shape that swamp asks of a module that brings a type of vaults.

describe("the vault that swamp finds", () => {
  it("has a type of a collective and a name", () => {
    expect(vault.type).toMatch(/^@[a-z][a-z0-9_-]*\/[a-z0-9][a-z0-9_-]*$/);
    // Those are kept for swamp's own.
    expect(vault.type).not.toMatch(/^@(?:swamp|si)\//);
  });

  it("has a name and a description", () => {
    expect(vault.name).not.toBe("");
    expect(vault.description).not.toBe("");
  });

  it.each([
    {},
    { prefix: "infra/prod" },
    { home: "/srv/vault", prefix: "a", timeout: "500ms" },
    { timeout: "1m" },
  ])("takes the config %j", (config) => {
    expect(vault.configSchema.safeParse(config)).toEqual({ success: true });
    expect(problemOf(config)).toBeUndefined();
  });

  it.each([
    [null, "config must be an object"],
    [[], "config must be an object"],
    ["main", "config must be an object"],
    [{ prefix: "" }, "prefix must be a text, not empty"],
    [{ prefix: 1 }, "prefix must be a text, not empty"],
    [{ prefix: "/main" }, "prefix has no / at its ends"],
    [{ prefix: "main/" }, "prefix has no / at its ends"],
    [{ timeout: "soon" }, "timeout looks like 500ms, 5s or 1m"],
    [{ password: "hunter2" }, "config has no field password, only home, prefix, timeout"],
  ])("refuses the config %j", (config, problem) => {
    expect(vault.configSchema.safeParse(config)).toEqual({ success: false });
    expect(problemOf(config)).toBe(problem);
  });

  it("makes no provider of a wrong config", () => {
    expect(() => vault.createProvider("main", { region: "us-east-1" })).toThrow(TypeError);
  });

  it.each([
    ["get", "put", "list", "getName"],
    ["delete"],
    ["getAnnotation", "putAnnotation", "deleteAnnotation", "listAnnotations"],
  ])("makes a provider that has %s", (...methods) => {
    const provider = vault.createProvider("main", {});
    expect(methods.filter((name) => typeof Reflect.get(provider, name) !== "function")).toEqual([]);
  });

  it("does not connect before it is used", () => {
    const provider = vault.createProvider("main", { home: "/nowhere/at/all" });
    expect(provider.getName()).toBe("main");
  });
});

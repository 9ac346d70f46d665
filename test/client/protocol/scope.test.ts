import { ACTIONS, checkRule, parseRule } from "@strongroom/client/src/protocol/scope.ts";
import { describe, expect, it } from "vitest";

describe("a rule", () => {
  it("is actions up to the first colon, and a pattern that may have more of them", () => {
    expect(parseRule("get,list:token:default:*")).toEqual({
      actions: ["get", "list"],
      pattern: "token:default:*",
    });
    expect(parseRule("get, get:a")).toEqual({ actions: ["get"], pattern: "a" });
    expect(parseRule("*:**")).toEqual({ actions: ["*"], pattern: "**" });
  });

  it.each(["", "get", "get:", ":a", "re ad:a", "get,:a", "*,get:a", "get:*/*/*/*/*/*/*/*/*"])(
    "that is none is refused: %s",
    (text) => {
      expect(() => parseRule(text)).toThrow(expect.objectContaining({ code: "INVALID" }));
    },
  );

  it("has the actions of whom its key is for: those of a service, only it knows", () => {
    for (const text of ["get,verify:a", "*:a"]) {
      expect(() => checkRule(parseRule(text), "strongroom")).not.toThrow();
    }
    const own = parseRule("get,invoices.read:a");
    expect(() => checkRule(own, "strongroom")).toThrow(
      expect.objectContaining({ code: "INVALID" }),
    );
    expect(() => checkRule(own, "billing")).not.toThrow();
  });

  it("knows its actions in order", () => {
    expect(ACTIONS).toEqual(ACTIONS.toSorted());
  });
});

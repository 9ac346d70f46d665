import { ACTIONS, parseRule } from "@strongroom/client/src/protocol/scope.ts";
import { describe, expect, it } from "vitest";

describe("a rule", () => {
  it("is actions up to the first colon, and a pattern that may have more of them", () => {
    expect(parseRule("get,list:token:default:*")).toEqual({
      actions: ["get", "list"],
      pattern: "token:default:*",
    });
    expect(parseRule("get, get:a")).toEqual({ actions: ["get"], pattern: "a" });
    expect(parseRule("*:**")).toEqual({ actions: ACTIONS, pattern: "**" });
  });

  it.each(["", "get", "get:", ":a", "read:a", "get,:a", "*,get:a", "get:*/*/*/*/*/*/*/*/*"])(
    "that is none is refused: %s",
    (text) => {
      expect(() => parseRule(text)).toThrow(expect.objectContaining({ code: "INVALID" }));
    },
  );

  it("knows its actions in order", () => {
    expect(ACTIONS).toEqual(ACTIONS.toSorted());
  });
});

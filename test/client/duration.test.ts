import { parseDuration, resolveTimeout } from "@strongroom/client/src/duration.ts";
import { describe, expect, it } from "vitest";

describe("parseDuration", () => {
  it.each([
    ["500ms", 500],
    ["5s", 5000],
    ["1.5m", 90_000],
    ["0", Infinity],
    ["0s", Infinity],
  ])("reads %s as %d milliseconds", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(["", "5", "s", "-1s", "5 s", "1h", "1e3s", "99999999m", "5S", "٥s"])(
    "takes %j for none",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe("resolveTimeout", () => {
  it("takes the option before the variable before five seconds", () => {
    const env = { STRONGROOM_TIMEOUT: "7s" };
    expect(resolveTimeout("2s", env)).toEqual({ ms: 2000, asked: true });
    expect(resolveTimeout(0, env)).toEqual({ ms: Infinity, asked: true });
    expect(resolveTimeout(undefined, env)).toEqual({ ms: 7000, asked: true });
    expect(resolveTimeout(undefined, {})).toEqual({ ms: 5000, asked: false });
  });

  it("reports a variable that does not parse once, without quoting it, and takes the default", () => {
    const lines: string[] = [];
    const env = { STRONGROOM_TIMEOUT: "canary" };
    const resolve = (): unknown => resolveTimeout(undefined, env, (line) => lines.push(line));
    expect(resolve()).toEqual({ ms: 5000, asked: false });
    expect(resolve()).toEqual({ ms: 5000, asked: false });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain("canary");
  });

  it.each(["soon", -1, Number.NaN, 2 ** 31])(
    "calls the option %s the caller's mistake",
    (option) => {
      expect(() => resolveTimeout(option, {})).toThrow(TypeError);
    },
  );
});

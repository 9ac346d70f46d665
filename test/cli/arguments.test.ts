import { parseArguments } from "strongroom/src/arguments.ts";
import { get } from "strongroom/src/commands/get.ts";
import { run } from "strongroom/src/commands/run.ts";
import { set } from "strongroom/src/commands/set.ts";
import { describe, expect, it } from "vitest";

function refusal(verb: string, argv: readonly string[]): { message: string; hint: string } {
  try {
    parseArguments(verb, argv, verb === "set" ? set : get);
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string };
    expect(code).toBe("INVALID");
    return { message, hint };
  }
  throw new Error("it was not refused");
}

describe("parseArguments", () => {
  it("refuses a value on the command line, with the right command and no echo", () => {
    const { message, hint } = refusal("set", ["github/token", "canary"]);
    expect(hint).toContain(`printf %s "$VALUE" | strongroom set github/token`);
    expect(message + hint).not.toContain("canary");
  });

  it.each([
    [["a", "--canary"], "get: there is no option --canary"],
    [["a", "--version"], "get: --version takes a value"],
    [["a", "--json=yes"], "get: --json takes no value"],
    [["a", "--version", "0"], "get: --version takes a number from 1 on"],
    [["a", "--timeout", "banana"], "get: --timeout takes 500ms, 5s, 1m, or 0"],
    [["a", "--timeout", ""], "get: --timeout takes 500ms, 5s, 1m, or 0"],
    [[], "usage: strongroom get NAME"],
  ])("says what is wrong with %j", (argv, message) => {
    expect(refusal("get", argv)).toEqual({ message, hint: "strongroom help get" });
  });

  it("says where -- belongs where it was forgotten", () => {
    const argv = ["--env", "A=b", "sh", "-c", "true"];
    expect(() => parseArguments("run", argv, run)).toThrow(
      expect.objectContaining({ hint: "strongroom run -- PROGRAM [ARGUMENT ...]" }),
    );
  });

  it("takes a time as it is meant", () => {
    for (const time of ["0", "0s", "250ms", "1.5m"]) {
      expect(parseArguments("get", ["a", "--timeout", time], get).values["timeout"]).toBe(time);
    }
  });

  it("says a command that a shell takes as it is meant", () => {
    expect(refusal("set", ["it's $(one)", "canary"]).hint).toContain(`set 'it'\\''s $(one)'`);
  });

  it("quotes no operand, which may be a value that went astray", () => {
    expect(refusal("get", ["a", "canary", "b"]).message).not.toContain("canary");
    expect(refusal("set", ["a", "-canary"]).message).not.toContain("canary");
  });
});

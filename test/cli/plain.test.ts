import { parseArguments } from "strongroom/src/arguments.ts";
import { get } from "strongroom/src/commands/get.ts";
import { set } from "strongroom/src/commands/set.ts";
import { parsePlain } from "strongroom/src/plain.ts";
import { describe, expect, it } from "vitest";

const PLAIN = [["a/b"], ["a/b", "--json"], ["--version", "3", "a/b", "--raw"]] as const;

describe("parsePlain", () => {
  it.each(PLAIN.map((argv) => [argv]))("reads %j as the long way does", (argv) => {
    const { positionals, values } = parseArguments("get", argv, get);
    expect(parsePlain(argv, get)).toEqual({ positionals, values: { ...values } });
  });

  it.each([
    [["a", "--help"]],
    [["-h"]],
    [[]],
    [["a", "b"]],
    [["a", "--version"]],
    [["a", "--version", "0"]],
    [["a", "--version", "x"]],
    [["a", "--version=3"]],
    [["a", "--timeout", "1s"]],
    [["--", "-a"]],
    [["a", "--no-such"]],
  ])("leaves %j to the long way", (argv) => {
    expect(parsePlain(argv, get)).toBeUndefined();
  });

  it("leaves what may be given repeatedly to the long way", () => {
    expect(parsePlain(["a", "--tag", "x"], set)).toBeUndefined();
  });
});

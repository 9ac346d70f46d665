import fc from "fast-check";
import { filledArgv, placeholdersOf } from "strongroom/src/recipes/placeholders.ts";
import { describe, expect, it } from "vitest";

const ARGV = [
  "/bin/x",
  "--to={where:dev|prod}",
  "{n:integer}",
  "{branch:word}",
  "{note:text}",
  "{}{a}",
];

function filled(values: { readonly [name: string]: string }): readonly string[] {
  return filledArgv(ARGV, new Map(Object.entries(values)));
}

const RIGHT = { where: "dev", n: "7", branch: "main", note: "it's $(fine); {n:integer}" };

describe("a recipe's placeholders", () => {
  it("are found once each, and other braces are text", () => {
    expect(placeholdersOf(ARGV)).toEqual([
      { name: "where", type: "dev|prod" },
      { name: "n", type: "integer" },
      { name: "branch", type: "word" },
      { name: "note", type: "text" },
    ]);
  });

  it("take what their types allow, as it is and once", () => {
    expect(filled(RIGHT)).toEqual(["/bin/x", "--to=dev", "7", "main", RIGHT.note, "{}{a}"]);
  });

  it.each([
    { where: "stage" },
    { where: "dev|prod" },
    { n: "-1" },
    { n: "1e3" },
    { n: "" },
    { branch: "--exec=sh" },
    { branch: "a/b" },
    { branch: ".." },
    { branch: "a b" },
    { note: "-rf" },
    { note: "a\nb" },
    { note: "\u001b[31m" },
    { note: "\u202e" },
    { note: "x".repeat(1001) },
  ])("refuse %j", (wrong) => {
    expect(() => filled({ ...RIGHT, ...wrong })).toThrow(/^recipe: \w+ must be: /u);
  });

  it("are all given, and nothing else", () => {
    expect(() => filledArgv(ARGV, new Map([["where", "dev"]]))).toThrow("it takes n: integer");
    expect(() => filled({ ...RIGHT, more: "x" })).toThrow("and no more");
    expect(() => filledArgv(["/bin/x"], new Map([["a", "b"]]))).toThrow("it takes nothing");
  });

  it.each([
    ["{p:word}"],
    ["/x", "{a:none}"],
    ["/x", "{a:word}{a:text}"],
    ["/x", "{a:one}"],
    ["/x", "{a:__proto__}"],
  ])("with a type that there is not are refused: %j", (...argv) => {
    expect(() => placeholdersOf(argv)).toThrow(/^recipe: /u);
  });

  it("never make an argument that is an option of one that was none", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        for (const type of ["word", "text", "integer"]) {
          let argv: readonly string[];
          try {
            argv = filledArgv(["/x", `{a:${type}}`], new Map([["a", value]]));
          } catch {
            continue;
          }
          expect(argv).toHaveLength(2);
          expect(argv[1]?.startsWith("-")).toBe(false);
        }
      }),
    );
  });
});

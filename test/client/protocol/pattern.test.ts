import { compilePattern } from "@strongroom/client/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

describe("compilePattern", () => {
  test.each([
    ["github/*", "github/token", true],
    ["github/*", "github/a/b", false],
    ["github/*", "github/", true],
    ["github/**", "github/a/b", true],
    ["**", "anything/at/all", true],
    ["*", "one", true],
    ["*", "one/two", false],
    ["**/token", "a/b/token", true],
    ["**/token", "token", false],
    ["a*c", "abc", true],
    ["a*c", "ab/c", false],
    ["a**c", "ab/c", true],
    ["*a*a*a*b", "aaaaaaaaac", false],
    ["**a*/b**c", "xa1/bYc", true],
    ["exact", "exact", true],
    ["exact", "exactly", false],
    ["a.c", "abc", false],
    ["[ab]", "a", false],
    ["", "", true],
    ["", "a", false],
  ])("%j on %j is %j", (pattern, name, matches) => {
    expect(compilePattern(pattern)(name)).toBe(matches);
  });

  test("agrees with a plain definition on any pattern and name", () => {
    const letters = fc.constantFrom("a", "b", "/");
    const pattern = fc.array(fc.oneof(letters, fc.constantFrom("*", "**")), { maxLength: 9 });
    const name = fc.array(letters, { maxLength: 10 });
    fc.assert(
      fc.property(pattern, name, (pieces, characters) => {
        const text = pieces.join("");
        fc.pre((text.match(/\*\*?/g) ?? []).length <= 8);
        expect(compilePattern(text)(characters.join(""))).toBe(plain(text, characters.join("")));
      }),
      { numRuns: 3000 },
    );
  });

  test("refuses a ninth wildcard and a pattern beyond 1024 bytes", () => {
    expect(compilePattern("*a".repeat(8))("abcadaeafagaha")).toBe(false);
    expect(() => compilePattern("*a".repeat(9))).toThrow("8 wildcards");
    expect(() => compilePattern("x".repeat(1025))).toThrow("1024 bytes");
  });

  test("searches a name once a wildcard and segment, however many places fit", () => {
    let searches = 0;
    const counted = (text: string): string =>
      new Proxy(Object(text) as object, {
        get(target, key) {
          const member: unknown = Reflect.get(target, key);
          if (typeof member !== "function") return member;
          searches += 1;
          return member.bind(target) as unknown;
        },
      }) as unknown as string;
    expect(compilePattern(`${"**a".repeat(7)}**b`)(counted("a".repeat(255)))).toBe(false);
    expect(compilePattern(`${"*aa".repeat(7)}*b`)(counted("a".repeat(255)))).toBe(false);
    expect(searches).toBeLessThan(64);
    expect(compilePattern(`**a/${"*/*a".repeat(3)}`)(counted("a/".repeat(127)))).toBe(false);
    expect(searches).toBeLessThan(64 + 16 * 2 * 128);
  });
});

// Exponential and obviously right: only for the short inputs above.
function plain(pattern: string, name: string): boolean {
  if (pattern.startsWith("**"))
    return plain(pattern.slice(2), name) || (name !== "" && plain(pattern, name.slice(1)));
  if (pattern.startsWith("*"))
    return (
      plain(pattern.slice(1), name) ||
      (name !== "" && !name.startsWith("/") && plain(pattern, name.slice(1)))
    );
  if (pattern === "" || name === "") return pattern === name;
  return pattern[0] === name[0] && plain(pattern.slice(1), name.slice(1));
}

import { compilePattern, coversPattern } from "@strongroom/client/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../support/random.ts";
import { COUNTED_MS, printCount, size } from "../../support/size.ts";

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

  test(
    "agrees with a plain definition on a hundred thousand random pairs",
    () => {
      const pairs = size(10_000, 100_000);
      const letters = ["a", "b", "/"];
      let matched = 0;
      const random = seededRandom(20_260_101);
      const pick = (from: readonly string[]): string =>
        from[Math.floor(random() * from.length)] ?? "";
      for (let done = 0; done < pairs; done += 1) {
        const pieces = Array.from({ length: Math.floor(random() * 9) }, () =>
          pick(["a", "b", "/", "*", "**"]),
        );
        const text = pieces.join("");
        const name = Array.from({ length: Math.floor(random() * 11) }, () => pick(letters)).join(
          "",
        );
        const expected = plain(text, name);
        expect(compilePattern(text)(name), `${text} on ${name}`).toBe(expected);
        matched += Number(expected);
      }
      expect(matched).toBeGreaterThan(pairs / 50);
      printCount("pairs of a pattern and a name", pairs, 100_000);
    },
    COUNTED_MS,
  );

  test("judges 255 bytes by 255 bytes with eight wildcards in less than a millisecond", () => {
    const hostile: readonly (readonly [pattern: string, name: string])[] = [
      [`${"**aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".repeat(7)}**${"a".repeat(28)}b`, "a".repeat(255)],
      [`${"*a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/".repeat(7)}*${"/".repeat(30)}b`, "a/".repeat(127)],
      [`${"**a".repeat(7)}**${"a".repeat(231)}b`, "a".repeat(255)],
      [`**a/${"*/*a".repeat(3)}${"x".repeat(230)}`, "a/".repeat(127)],
    ];
    for (const [pattern, name] of hostile) {
      const matches = compilePattern(pattern);
      let fastest = Infinity;
      for (let round = 0; round < 20; round += 1) {
        const began = performance.now();
        expect(matches(name)).toBe(false);
        fastest = Math.min(fastest, performance.now() - began);
      }
      expect(fastest).toBeLessThan(1);
    }
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

describe("coversPattern", () => {
  test.each([
    ["**", "a/**/b*", true],
    ["a/*", "a/b", true],
    ["a/*", "a/*", true],
    ["a/*", "a/b*c", true],
    ["a/*", "a/**", false],
    ["a/*", "a/b/c", false],
    ["a/**", "a/*/c", true],
    ["a/**", "a", false],
    ["a", "a*", false],
    ["*b", "ab", true],
    ["*a*", "**", false],
    ["**/x", "a/**/x", true],
    ["", "", true],
    ["*", "", true],
  ])("%j covers %j: %j", (outer, inner, covers) => {
    expect(coversPattern(outer, inner)).toBe(covers);
  });

  test("is never said of a pattern that matches more", () => {
    const letters = fc.constantFrom("a", "b", "/");
    const pattern = fc
      .array(fc.oneof(letters, fc.constantFrom("*", "**")), { maxLength: 6 })
      .map((pieces) => pieces.join(""))
      .filter((text) => (text.match(/\*\*?/g) ?? []).length <= 8);
    const names = fc.array(fc.array(letters, { maxLength: 7 }), { minLength: 20, maxLength: 20 });
    let said = 0;
    fc.assert(
      fc.property(pattern, pattern, names, (outer, inner, tried) => {
        if (!coversPattern(outer, inner)) return;
        said += 1;
        const [within, without] = [compilePattern(inner), compilePattern(outer)];
        for (const name of tried.map((characters) => characters.join(""))) {
          if (within(name))
            expect([outer, inner, name, without(name)]).toEqual([outer, inner, name, true]);
        }
      }),
      { numRuns: size(5000, 50_000) },
    );
    expect(said).toBeGreaterThan(100);
  });

  test("takes a moment, however long the patterns are", () => {
    const outer = "**" + "a*".repeat(7) + "a".repeat(900);
    // The best of some: others share the machine.
    const took = Array.from({ length: 20 }, () => {
      const start = performance.now();
      coversPattern(outer, "a".repeat(1000));
      return performance.now() - start;
    });
    expect(Math.min(...took)).toBeLessThan(50);
  });
});

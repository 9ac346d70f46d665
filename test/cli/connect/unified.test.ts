import fc from "fast-check";
import { spliceOf, unsplice } from "strongroom/src/connect/splice.ts";
import { unifiedDiff } from "strongroom/src/connect/unified.ts";
import { describe, expect, it } from "vitest";

const text = fc
  .array(fc.constantFrom("a", "b", "c", "", "  a"))
  .chain((lines) => fc.constantFrom(lines.join("\n"), `${lines.join("\n")}\n`));

/** Applies a diff of one hunk without context, by what its lines say. */
function applied(before: string, diff: string): string {
  if (diff === "") return before;
  const [, , range = "", ...lines] = diff.split("\n").slice(0, -1);
  const [, at = "", count = ""] = /^@@ -(\d+),(\d+) /u.exec(range) ?? [];
  const start = Number(at) - (count === "0" ? 0 : 1);
  const old = before.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
  const fresh: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith("+")) continue;
    const isLast = lines[index + 1]?.startsWith("\\") === true;
    fresh.push(line.slice(1) + (isLast ? "" : "\n"));
  }
  return old.toSpliced(start, Number(count), ...fresh).join("");
}

describe("a difference that is shown", () => {
  it("makes the one text of the other", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const splice = spliceOf(before, after);
        expect(unsplice(after, splice)).toBe(before);
        expect(applied(before, unifiedDiff(before, after, "f"))).toBe(after);
      }),
      { numRuns: 1000 },
    );
  });

  it("says of a file that is made or goes that there is none on one side", () => {
    expect(unifiedDiff(undefined, "a\n", "/f")).toBe(
      "--- /dev/null\n+++ /f\n@@ -0,0 +1,1 @@\n+a\n",
    );
    expect(unifiedDiff("a", undefined, "/f")).toBe(
      "--- /f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n\\ No newline at end of file\n",
    );
  });

  it.each([
    ['{"auth":"c2VjcmV0","credsStore":"pass"}', '{"auth":"c2VjcmV0","credsStore":"strongroom"}'],
    ['{"auth":"c2VjcmV0"}', '{"credsStore": "x", "auth":"c2VjcmV0"}'],
    ["users: [{token: c2VjcmV0}] #", "users: [{token: c2VjcmV0}] # x"],
    ["a = 1\ntoken = c2VjcmV0\nb = 2\n", "a = 1\ntoken = c2VjcmV0\nb = 3\n"],
  ])("shows nothing that stands beside: %#", (before, after) => {
    expect(unifiedDiff(before, after, "/f")).not.toContain("c2VjcmV0");
  });

  it("shows the key of what is changed", () => {
    const diff = unifiedDiff(
      '{\n  "credsStore": "pass"\n}\n',
      '{\n  "credsStore": "strongroom"\n}\n',
      "/f",
    );
    expect(diff).toContain('-  "credsStore": "pass"\n+  "credsStore": "strongroom"\n');
  });
});

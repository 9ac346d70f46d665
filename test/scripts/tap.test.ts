import { expect, it } from "vitest";

const SCRIPT = new URL("../../scripts/windows/tap.mjs", import.meta.url).href;
const { readTap } = (await import(SCRIPT)) as { readTap: (text: string) => object[] };

const REPORT = `TAP version 13
# Subtest: one that passes
ok 1 - one that passes
  ---
  duration_ms: 12
  ...
# 20 starters, 1 owner
# Subtest: one that fails
not ok 2 - one that fails
  ---
  error: |-
    ok 7 - no test at all
  ...
# Subtest: one that does not run here
ok 3 - one that does not run here # SKIP no terminal
1..3
# tests 3
# pass 1
# duration_ms 20
`;

it("reads titles, outcomes and what a test told out of a report", () => {
  expect(readTap(REPORT.replaceAll("\n", "\r\n"))).toEqual([
    { title: "one that passes", isPassed: true, isSkipped: false, notes: ["20 starters, 1 owner"] },
    { title: "one that fails", isPassed: false, isSkipped: false, notes: [] },
    { title: "one that does not run here", isPassed: true, isSkipped: true, notes: [] },
  ]);
});

it("finds no test in a report that was cut off before the first", () => {
  expect(readTap("TAP version 13\n")).toEqual([]);
});

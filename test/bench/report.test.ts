import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/throwaway.ts";

type Figure = Readonly<Record<string, unknown>>;

const load = async (path: string): Promise<unknown> =>
  import(pathToFileURL(join(ROOT, "bench", path)).href);

const { figure } = (await load("support/rounds.mjs")) as {
  readonly figure: (measured: Figure) => Figure;
};
const { exitStatus } = (await load("report/verdict.mjs")) as {
  readonly exitStatus: (figures: readonly Figure[]) => number;
};
const { table } = (await load("report/table.mjs")) as {
  readonly table: (report: Figure) => string;
};
const { chart } = (await load("report/chart.mjs")) as {
  readonly chart: (report: Figure) => string;
};

const shape = { unit: "/s", kind: "ratio", better: "more", aim: 1, accepted: 0.5 };
const good = figure({
  ...shape,
  what: "a | b",
  beside: "<peer>",
  ours: [8, 6, 9],
  floor: [8, 8, 9],
});
const missed = figure({ ...shape, what: "R&D", beside: "peer", ours: [1, 9, 2], floor: [8, 9, 8] });
const alone = figure({ ...shape, what: "alone", ours: [8], missing: "install the peer" });
const failed = { id: "x", what: "a row", ok: false, failed: "it broke\nin two lines" };
const report = {
  figures: [good, missed, alone, failed],
  quick: true,
  seconds: 1,
  loadBefore: [1, 1, 1],
  loadAfter: [1, 1, 1],
  machine: "a machine",
};

describe("a figure of the benchmarks", () => {
  it("compares round by round and takes the median of what they say", () => {
    expect(good).toMatchObject({ value: 1, spread: [0.75, 1], ok: true, aimed: true });
    expect(missed).toMatchObject({ value: 0.25, spread: [0.125, 1], ok: false });
  });

  it("takes the worst round where the longest is asked for", () => {
    const longest = { ...shape, kind: "absolute", better: "less", worst: true, accepted: 5 };
    expect(figure({ ...longest, ours: [1, 7, 2] })).toMatchObject({ value: 7, ok: false });
  });

  it("is not accepted when what must not happen did", () => {
    const { ok } = figure({ ...shape, ours: [9], floor: [9], failed: true });
    expect(ok).toBe(false);
  });

  it("fails the run when it is missed, and not when there was nothing to compare it with", () => {
    expect(exitStatus([good, alone])).toBe(0);
    expect(exitStatus([good, missed])).toBe(1);
    expect(exitStatus([failed])).toBe(1);
  });
});

describe("the report of the benchmarks", () => {
  it("is a markdown table with the cells of its head in every row", () => {
    const text = table(report);
    const rows = text.split("\n").filter((line) => line.startsWith("|"));
    const cells = rows.map((line) => line.split(/(?<!\\)\|/).length);
    expect(rows.length).toBe(2 + report.figures.length);
    expect(new Set(cells).size).toBe(1);
    expect(rows.map((line) => line.split("|").at(-2)?.trim()).slice(2)).toEqual([
      "ok, aim reached",
      "MISSED",
      "not compared",
      "FAILED",
    ]);
    expect(text).toContain("- alone: install the peer");
  });

  it("has a chart that is well-formed and stays inside its frame", () => {
    const text = chart(report);
    expect(unclosed(text)).toEqual([]);
    expect(text).toContain("R&amp;D");
    expect(text).not.toMatch(/NaN|undefined/);
    const width = Number(/ width="(\d+)"/.exec(text)?.[1]);
    const ends = [...text.matchAll(/ x[12]?="([\d.]+)"/g)].map(([, x]) => Number(x));
    expect(ends.length).toBeGreaterThan(6);
    expect(Math.max(...ends)).toBeLessThan(width);
  });
});

/** The elements that are opened and not closed, or closed and not opened; and bare characters. */
function unclosed(xml: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  const rest = xml.replaceAll(/<(\/?)([a-z]+)((?: [\w:-]+="[^"<&]*")*)(\/?)>/g, (...found) => {
    const [, closing = "", name = "", , empty = ""] = found as string[];
    if (closing === "/" && open.pop() !== name) wrong.push(`</${name}>`);
    if (closing === "" && empty === "") open.push(name);
    return "";
  });
  const bare = rest.replaceAll(/&(?:amp|lt|gt);/g, "").match(/[<>&]/g) ?? [];
  return [...open, ...wrong, ...bare];
}

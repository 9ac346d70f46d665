import { spawnSync } from "node:child_process";
import { exitCodes } from "strongroom/src/exit-codes.ts";
import { manualOf } from "strongroom/src/help/manual.ts";
import type { Manual } from "strongroom/src/help/manual.ts";
import { asRoff, overviewRoff } from "strongroom/src/help/roff.ts";
import { asText } from "strongroom/src/help/text.ts";
import { wrap, wrapCommand } from "strongroom/src/help/wrap.ts";
import { COMMANDS, findCommand } from "strongroom/src/table.ts";
import { describe, expect, it } from "vitest";

const VERBS = Object.keys(COMMANDS);
const LINTERS = [
  ["mandoc", ["-Tlint"]],
  ["man", ["--warnings", "-E", "UTF-8", "-l", "-"]],
] as const;
const linter = LINTERS.find(
  ([program]) => spawnSync(program, ["--version"], { input: "" }).error === undefined,
);
const skipped = linter === undefined ? " (skipped: there is neither mandoc nor man here)" : "";

async function manual(verb: string): Promise<Manual> {
  return manualOf(verb, COMMANDS[verb]?.summary ?? "", await findCommand(verb));
}

function complaints(page: string): string {
  if (linter === undefined) return "";
  const [program, args] = linter;
  const { stderr, stdout } = spawnSync(program, args, {
    input: page,
    env: { ...process.env, MANWIDTH: "80" },
  });
  return program === "mandoc" ? stdout.toString() + stderr.toString() : stderr.toString();
}

it.each(VERBS)("help of %s fits 80 columns, and says all that the table does", async (verb) => {
  const about = await manual(verb);
  const text = asText(about);
  expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  for (const { option } of about.options) expect(text).toContain(`  ${option}`);
  const plain = text.replaceAll(/\s+(?:\\\s+)?/gu, " ");
  for (const example of about.examples) expect(plain).toContain(example.replaceAll(/\s+/gu, " "));
  for (const paragraph of about.paragraphs) expect(plain).toContain(paragraph);
});

it.each(VERBS)(`the manual page of %s is without fault${skipped}`, async (verb) => {
  expect(complaints(asRoff(await manual(verb)))).toBe("");
});

it(`the manual page of the whole is without fault${skipped}`, () => {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => ({ name, summary }));
  const page = overviewRoff(commands, exitCodes());
  expect(complaints(page)).toBe("");
  for (const { name } of commands) expect(page).toContain(name.replaceAll("-", "\\-"));
});

it("nothing in a manual page is taken for a request or an escape", () => {
  const about = { verb: "x", operands: "", usage: ["x"], options: [], examples: ["'a' \\n"] };
  const page = asRoff({ ...about, summary: "s", paragraphs: [".env and 'quotes' \\fB"] });
  expect(page).toContain("\n\\&.env and \\(aqquotes\\(aq \\efB\n");
  expect(page).toContain("\n\\(aqa\\(aq \\en\n");
});

describe("wrapping", () => {
  it("keeps words whole and lines short", () => {
    expect(wrap("a bb ccc dddd", 6)).toEqual(["a bb", "ccc", "dddd"]);
    expect(wrap("toolongaword b", 4, " ")).toEqual([" toolongaword", " b"]);
  });

  it("leaves a command the same command", () => {
    const command = `printf '%s|' "a b" 'c  d' --option value-of-it --flag -- last one`;
    const lines = wrapCommand(command, 24, "");
    expect(lines.length).toBeGreaterThan(2);
    const run = (text: string): string => spawnSync("sh", ["-c", text]).stdout.toString();
    expect(run(lines.join("\n"))).toBe(run(command));
    expect(lines.join("\n")).toContain("--option value-of-it");
  });
});

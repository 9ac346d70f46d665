import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../support/throwaway.ts";

const SCRIPT = new URL("../../../scripts/binary/left-out.mjs", import.meta.url).href;

interface Script {
  readonly LEFT_OUT: Readonly<Record<string, string>>;
  readonly NOT_ITS_OWN: Readonly<Record<string, string>>;
}

test("the tests that are not run on the single file are there, and docs/binary.md says why", async () => {
  const { LEFT_OUT, NOT_ITS_OWN } = (await import(SCRIPT)) as Script;
  const said = readFileSync(join(ROOT, "docs/binary.md"), "utf8").replaceAll(/ {2,}/gu, " ");
  const rows = said.split("\n").filter((line) => line.startsWith("| "));
  for (const [file, why] of Object.entries(LEFT_OUT)) {
    expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
    expect(rows).toContain(`| \`${file}\` | ${why} |`);
  }
  for (const [title, why] of Object.entries(NOT_ITS_OWN)) {
    expect(rows).toContain(`| ${title} | ${why} |`);
  }
});

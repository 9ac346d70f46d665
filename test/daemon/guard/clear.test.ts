import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clearPath, sweepTemporaries, temporaryName } from "@strongroom/daemon/src/guard/clear.ts";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sr-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a path is made free of a file, a link, an empty folder and of nothing", async () => {
  const path = join(folder, "path");
  const target = join(folder, "target");
  writeFileSync(target, "kept");
  for (const make of [
    () => undefined,
    () => writeFileSync(path, ""),
    () => symlinkSync(target, path),
    () => mkdirSync(path),
  ]) {
    make();
    await clearPath(path);
    expect(readdirSync(folder)).toEqual(["target"]);
  }
});

test("a folder that holds something is put aside, whole", async () => {
  const path = join(folder, "path");
  mkdirSync(join(path, "inside"), { recursive: true });
  await clearPath(path);
  const [aside = ""] = readdirSync(folder);
  expect(aside).toMatch(/^path\.[0-9a-f]{8}\.aside$/);
  expect(existsSync(join(folder, aside, "inside"))).toBe(true);
});

test("what starters left beside a path is swept, and nothing else", async () => {
  const path = join(folder, "path");
  for (const name of ["path", "path.x", "path.12345678.aside", "other.12345678"])
    writeFileSync(join(folder, name), "");
  writeFileSync(temporaryName(path), "");
  await sweepTemporaries(path);
  expect(readdirSync(folder)).toEqual(["other.12345678", "path", "path.12345678.aside", "path.x"]);
  await sweepTemporaries(join(folder, "missing", "path"));
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";

const SCRIPT = new URL("../../../scripts/release/artefacts.mjs", import.meta.url).href;
const { artefactsOf, writeSums } = (await import(SCRIPT)) as {
  artefactsOf: (
    version: string,
  ) => readonly { readonly file: string; readonly optional: boolean }[];
  writeSums: (folder: string, version: string) => readonly string[];
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "strongroom-artefacts-"));
  for (const { file, optional } of artefactsOf("1.2.3")) {
    if (!optional) writeFileSync(join(folder, file), file);
  }
  return () => rmSync(folder, { recursive: true });
});

it("sums of all that is released are what sha256sum checks", () => {
  writeFileSync(join(folder, "strongroom-1.2.2.tgz"), "of an earlier release");
  expect(writeSums(folder, "1.2.3")).toEqual([
    "strongroom-1.2.3.cdx.json",
    "strongroom-1.2.3.tgz",
    "strongroom-client-1.2.3.cdx.json",
    "strongroom-client-1.2.3.tgz",
    "strongroom-daemon-1.2.3.cdx.json",
    "strongroom-daemon-1.2.3.tgz",
  ]);
  const check = (): number | null =>
    spawnSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: folder }).status;
  if (process.platform !== "linux") return;
  expect(check()).toBe(0);
  writeFileSync(join(folder, "strongroom-1.2.3.tgz"), "another");
  expect(check()).toBe(1);
});

it("the program in one file is summed where it was made", () => {
  writeFileSync(join(folder, "strongroom-1.2.3-linux-x64"), "a program");
  expect(writeSums(folder, "1.2.3")).toContain("strongroom-1.2.3-linux-x64");
  expect(readFileSync(join(folder, "SHA256SUMS"), "utf8").split("\n")).toHaveLength(8);
});

it("nothing is released without one of the files that have to be there", () => {
  rmSync(join(folder, "strongroom-daemon-1.2.3.cdx.json"));
  expect(() => writeSums(folder, "1.2.3")).toThrow(
    "there is no strongroom-daemon-1.2.3.cdx.json, which release/sbom.mjs makes",
  );
});

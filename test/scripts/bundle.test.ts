import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const SCRIPT = new URL("../../scripts/bundle.mjs", import.meta.url).href;

test("a bundle that is older than a module of the daemon is not taken for whole", async () => {
  const { isBundled } = (await import(SCRIPT)) as { isBundled: (root: string) => boolean };
  const root = mkdtempSync(join(tmpdir(), "strongroom-bundle-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const built = join(root, "packages/daemon/dist");
  mkdirSync(join(built, "turn"), { recursive: true });
  writeFileSync(join(built, "turn", "turn.js"), "");
  expect(isBundled(root)).toBe(false);
  writeFileSync(join(built, "whole.js"), "");
  utimesSync(join(built, "turn", "turn.js"), 1000, 1000);
  expect(isBundled(root)).toBe(true);
  utimesSync(join(built, "whole.js"), 999, 999);
  expect(isBundled(root)).toBe(false);
});

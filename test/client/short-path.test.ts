import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { byShortPath } from "@strongroom/client/src/short-path.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sr-"));
  folder = join(root, "l".repeat(100));
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, "s"), "");
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

describe("byShortPath", () => {
  it("leaves a path as it is that an address takes", () => {
    expect(byShortPath("/run/s", (path) => path)).toBe("/run/s");
  });

  it.skipIf(process.platform !== "linux")("counts bytes, and not characters", () => {
    const path = join(root, "字".repeat(32), "s");
    mkdirSync(join(root, "字".repeat(32)), { mode: 0o700 });
    expect(path.length).toBeLessThan(100);
    expect(byShortPath(path, (short) => short)).toMatch(/^\/proc\/self\/fd\/\d+\/s$/);
  });

  it.skipIf(process.platform !== "linux")("leads to what is there while it is used", () => {
    const seen: string[] = [];
    byShortPath(join(folder, "s"), (path) => seen.push(path, String(existsSync(path))));
    expect(seen).toEqual([expect.stringMatching(/^\/proc\/self\/fd\/\d+\/s$/), "true"]);
    expect(existsSync(seen[0] ?? "")).toBe(false);
  });

  it.skipIf(process.platform !== "linux")("uses no folder that is open to others", () => {
    chmodSync(folder, 0o750);
    expect(() => byShortPath(join(folder, "s"), () => expect.unreachable())).toThrow(
      expect.objectContaining({ code: "EACCES" }),
    );
  });
});

import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolder } from "@strongroom/client/protocol";
import { afterAll, expect, it } from "vitest";

const root = mkdtempSync(join(tmpdir(), "make-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it("makes what is missing, 0700, and leaves what is there", () => {
  const path = join(root, "a/b/c");
  makeFolder(path);
  makeFolder(path);
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o700);
});

it("says what the system says of a place where nothing can be made", () => {
  writeFileSync(join(root, "file"), "");
  expect(() => makeFolder(join(root, "file/below"))).toThrow(/ENOTDIR/);
});

it.runIf(process.platform === "linux")(
  "gives up where a folder that is there answers ENOENT",
  () => {
    expect(() => makeFolder("/proc/nothing/can/be/made")).toThrow(/ENOENT/);
  },
);

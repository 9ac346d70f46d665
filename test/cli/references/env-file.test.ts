import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readEnvFile } from "strongroom/src/references/env-file.ts";

function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "sr-env-")));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test("a file of more than a mebibyte is refused, and one of just that is read", () => {
  const path = join(folder(), ".env");
  writeFileSync(path, `A=1\n#${"x".repeat(1_048_571)}`);
  expect(readEnvFile(path).variables).toEqual([["A", "1"]]);
  writeFileSync(path, `A=1\n#${"x".repeat(1_048_572)}`);
  expect(() => readEnvFile(path)).toThrow("larger than 1048576 bytes");
});

test("what another encoding than UTF-8 has written is refused, and not taken for empty", () => {
  const path = join(folder(), ".env");
  writeFileSync(path, Buffer.from("\ufeffA=1\n", "utf16le"));
  expect(() => readEnvFile(path)).toThrow("no text of UTF-8");
  writeFileSync(path, "\ufeffA=1\n");
  expect(readEnvFile(path).variables).toEqual([["A", "1"]]);
});

test("what is no regular file is refused at once", () => {
  const at = folder();
  execFileSync("mkfifo", [join(at, "pipe")]);
  for (const path of [join(at, "pipe"), at, "/dev/null"]) {
    expect(() => readEnvFile(path)).toThrow("not a regular file");
  }
});

test("a link has its own path, and says where it leads", () => {
  const at = folder();
  writeFileSync(join(at, "real"), "A=1\n");
  symlinkSync("real", join(at, "link"));
  expect(readEnvFile(join(at, "link"))).toMatchObject({
    path: join(at, "link"),
    target: join(at, "real"),
  });
  expect(readEnvFile(join(at, "real"))).not.toHaveProperty("target");
});

import {
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { RotatingFile } from "@strongroom/daemon/src/logging/rotating.ts";
import { expect, onTestFinished, test } from "vitest";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "strongroom-log-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function rotating(path: string, now: () => number = () => 0): RotatingFile {
  return new RotatingFile({ path, maxBytes: 1000, files: 4, retryMs: 5000, now });
}

function total(inside: string): number {
  return readdirSync(inside).reduce((sum, file) => sum + statSync(join(inside, file)).size, 0);
}

test("never holds more than its files times their size, and the newest lines survive", () => {
  const inside = folder();
  const file = rotating(join(inside, "log"));
  for (let n = 0; n < 500; n += 1) {
    file.write(`${String(n).padStart(99, "0")}\n`);
    expect(total(inside)).toBeLessThanOrEqual(4000);
  }
  expect(readdirSync(inside).toSorted()).toEqual(["log", "log.1", "log.2", "log.3"]);
  const lines = ["log.3", "log.2", "log.1", "log"].flatMap((name) =>
    readFileSync(join(inside, name), "utf8").trimEnd().split("\n").map(Number),
  );
  expect(lines.at(-1)).toBe(499);
  expect(lines).toEqual(lines.map((_, n) => 500 - lines.length + n));
});

test("takes away at the start what is larger than it may be, and goes on in what is not", () => {
  const inside = folder();
  writeFileSync(join(inside, "log"), "x".repeat(900));
  writeFileSync(join(inside, "log.1"), "x".repeat(5000));
  rotating(join(inside, "log")).write("more\n");
  expect(readdirSync(inside)).toEqual(["log"]);
  expect(statSync(join(inside, "log")).size).toBe(905);
});

test("makes its files for the owner alone and follows no link", () => {
  const inside = folder();
  rotating(join(inside, "log")).write("line\n");
  expect(statSync(join(inside, "log")).mode & 0o777).toBe(0o600);
});

test("reopens its path when the file was moved away", () => {
  const inside = folder();
  const file = rotating(join(inside, "log"));
  file.write("before\n");
  renameSync(join(inside, "log"), join(inside, "moved"));
  file.write("between\n");
  file.reopen();
  file.write("after\n");
  expect(readFileSync(join(inside, "moved"), "utf8")).toBe("before\nbetween\n");
  expect(readFileSync(join(inside, "log"), "utf8")).toBe("after\n");
});

test("throws nothing where it cannot write, counts what is lost, and comes back", () => {
  const inside = join(folder(), "later");
  let now = 0;
  const file = rotating(join(inside, "log"), () => now);
  file.write("lost\n");
  file.write("lost\n");
  expect(file.lost).toBe(2);
  mkdirSync(inside);
  file.write("lost, for it tries again every 5 s only\n");
  now = 5000;
  file.write("kept\n");
  expect(file.lost).toBe(0);
  expect(readFileSync(join(inside, "log"), "utf8")).toBe("kept\n");
});

test.skipIf(process.platform !== "linux")("survives a device that is full at every write", () => {
  const file = rotating("/dev/full");
  for (let n = 0; n < 20; n += 1) file.write("x".repeat(99));
  expect(file.lost).toBe(20);
});

test("stops growing where nothing can be renamed", () => {
  const inside = folder();
  mkdirSync(join(inside, "log.1", "in the way"), { recursive: true });
  mkdirSync(join(inside, "log.2", "in the way"), { recursive: true });
  mkdirSync(join(inside, "log.3", "in the way"), { recursive: true });
  const file = rotating(join(inside, "log"));
  for (let n = 0; n < 100; n += 1) file.write(`${"x".repeat(98)}\n`);
  expect(statSync(join(inside, "log")).size).toBeLessThanOrEqual(1000);
});

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatRecord, parseRecord, readRecord } from "@strongroom/client/protocol";
import type { DaemonRecord } from "@strongroom/client/protocol";
import { afterAll, describe, expect, it } from "vitest";

const record: DaemonRecord = {
  pid: 4711,
  startTime: "123456",
  bootId: "b",
  namespace: "pid:[4026531836]",
  socket: "7:4711",
  folder: "7:4712",
  version: "0.1.0",
  protocol: 1,
  endpoint: "/run/x.sock",
  epoch: null,
};
const text = formatRecord(record);
const folder = mkdtempSync(join(tmpdir(), "record-"));
const at = (name: string): string => join(folder, name);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("parseRecord", () => {
  it("returns what formatRecord wrote", () => {
    expect(parseRecord(text)).toStrictEqual(record);
  });

  it("takes no prefix of a record for one", () => {
    for (let length = 0; length < text.length; length += 1) {
      expect(parseRecord(text.slice(0, length))).toBeUndefined();
    }
  });

  it("takes nothing else for a record", () => {
    const wrong: unknown[] = [null, [], 1, {}, { ...record, pid: "4711" }, { ...record, pid: -1 }];
    wrong.push({ ...record, protocol: 0 }, { ...record, endpoint: "" }, { ...record, epoch: 1 });
    for (const value of wrong) expect(parseRecord(`${JSON.stringify(value)}\n`)).toBeUndefined();
    expect(parseRecord("garbage\n")).toBeUndefined();
  });

  it("takes one of an earlier version, which does not say whose numbering its pid is of", () => {
    const { namespace, socket, folder: _, ...earlier } = record;
    expect([namespace, socket]).not.toContain(null);
    expect(parseRecord(`${JSON.stringify(earlier)}\n`)).toStrictEqual({
      ...record,
      namespace: null,
      socket: null,
      folder: null,
    });
    for (const field of ["namespace", "socket", "folder"]) {
      expect(parseRecord(`${JSON.stringify({ ...record, [field]: 1 })}\n`)).toBeUndefined();
    }
  });

  it("ignores fields of a later version", () => {
    expect(parseRecord(`${JSON.stringify({ ...record, later: 1 })}\n`)).toStrictEqual(record);
  });
});

describe("readRecord", () => {
  it("reads a file", () => {
    writeFileSync(at("good"), text);
    expect(readRecord(at("good"))).toStrictEqual(record);
  });

  it("finds none in a missing, empty, endless or unusual file", () => {
    writeFileSync(at("empty"), "");
    writeFileSync(at("endless"), `${" ".repeat(9000)}${text}`);
    mkdirSync(at("directory"));
    for (const name of ["missing", "empty", "endless", "directory"]) {
      expect(readRecord(at(name))).toBeUndefined();
    }
  });

  it.skipIf(process.platform === "win32")("follows no link and waits for no FIFO", () => {
    symlinkSync(at("good"), at("link"));
    expect(readRecord(at("link"))).toBeUndefined();
    spawnSync("mkfifo", [at("fifo")]);
    expect(readRecord(at("fifo"))).toBeUndefined();
  });
});

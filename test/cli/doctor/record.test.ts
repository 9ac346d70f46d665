import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootId, formatRecord, parseRecord, resolveHome } from "@strongroom/client/protocol";
import type { DaemonRecord } from "@strongroom/client/protocol";
import { checkRecord } from "strongroom/src/doctor/record.ts";
import { procStat } from "strongroom/src/proc-stat.ts";
import { describe, expect, it, onTestFinished } from "vitest";

const OURS: DaemonRecord = {
  pid: process.pid,
  startTime: procStat(process.pid)?.startTime ?? null,
  bootId: bootId(),
  namespace: null,
  socket: null,
  folder: null,
  version: "0.1.0",
  protocol: 1,
  endpoint: "/nowhere.sock",
  epoch: null,
};

/** What is said of a home in which that text stands as the record. */
function said(text: string | undefined): unknown {
  const root = mkdtempSync(join(tmpdir(), "record-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const home = resolveHome({ STRONGROOM_HOME: root });
  mkdirSync(home.vault);
  if (text !== undefined) writeFileSync(join(home.vault, "daemon.pid"), text);
  return checkRecord({ home, env: {}, record: parseRecord(text ?? "") });
}

function note(message: string): unknown {
  const text = expect.stringContaining(message) as string;
  return [{ check: "record", verdict: "note", message: text, mend: "strongroom daemon start" }];
}

describe("the doctor, on the record of a daemon", () => {
  it("is content with that of a process which is there, and with none", () => {
    expect(said(formatRecord(OURS))).toEqual([
      { check: "record", verdict: "ok", message: `process ${process.pid}` },
    ]);
    expect(said(undefined)).toEqual([]);
  });

  it("counts one that is empty, cut or foreign as none", () => {
    const whole = formatRecord(OURS);
    for (const text of ["", whole.slice(0, -1), whole.slice(0, 20), "12345\n"]) {
      expect(said(text)).toEqual(note("counts as none"));
    }
  });

  it("knows one of a process that is gone", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    const record = { ...OURS, pid: child.pid ?? 0, startTime: "1" };
    expect(said(formatRecord(record))).toEqual(note("which is gone"));
  });

  it.skipIf(process.platform !== "linux")(
    "knows one whose pid is another program's by now, and leaves that alone",
    () => {
      expect(said(formatRecord({ ...OURS, startTime: "1" }))).toEqual(note("is left alone"));
    },
  );

  it.skipIf(bootId() === null)("knows one of another container, whose pid says nothing", () => {
    const record = { ...OURS, namespace: "pid:[1]" };
    const message = expect.stringContaining("of another container") as string;
    expect(said(formatRecord(record))).toEqual([
      { check: "record", verdict: "note", message, mend: "strongroom status" },
    ]);
  });

  it.skipIf(bootId() === null)("knows one of another run of the machine", () => {
    const record = { ...OURS, bootId: "5a6f7c1e-0000-4000-8000-000000000000" };
    expect(said(formatRecord(record))).toEqual(note("another run of the machine"));
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { StrongroomError } from "@strongroom/client/protocol";
import { LOG_FILE, openLog, parseLevel } from "@strongroom/daemon/src/logging/log.ts";
import type { Log, LogOptions } from "@strongroom/daemon/src/logging/log.ts";
import type { LogEvent, LogFields } from "@strongroom/daemon/src/logging/logger.ts";
import { expect, onTestFinished, test } from "vitest";

function open(options: Partial<LogOptions> = {}): {
  log: Log;
  folder: string;
  lines: () => { readonly [field: string]: unknown }[];
} {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-log-"));
  const log = openLog({ folder, level: "debug", ...options });
  onTestFinished(() => {
    log.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const lines = (): { readonly [field: string]: unknown }[] =>
    readFileSync(join(folder, LOG_FILE), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as { readonly [field: string]: unknown });
  return { log, folder, lines };
}

test("writes one JSON line an event, at once", () => {
  const { log, lines } = open();
  log.logger.info("start");
  log.logger.warn("torn-frames", { count: 1, bytes: 12, file: "journal.0000000000000001" });
  expect(lines()).toEqual([
    { level: "info", time: expect.any(String) as string, pid: process.pid, event: "start" },
    {
      level: "warn",
      time: expect.any(String) as string,
      pid: process.pid,
      event: "torn-frames",
      count: 1,
      bytes: 12,
      file: "journal.0000000000000001",
    },
  ]);
});

test("lets no text in, whatever a caller casts", () => {
  const { log, folder, lines } = open();
  const fields = {
    code: "canary",
    file: "/home/canary",
    method: "canary",
    value: "canary",
    count: "canary",
    epoch: { toJSON: () => "canary" },
    __proto__: { canary: 1 },
    state: "open",
  } as unknown as LogFields;
  log.logger.error("state", fields);
  log.logger.error("canary" as LogEvent);
  const error = new StrongroomError("CORRUPT", "canary", { cause: new Error("canary") });
  log.logger.failure("request-failed", error);
  log.logger.failure("request-failed", "canary");
  log.logger.failure(
    "request-failed",
    Object.assign(new TypeError("at canary.ts:1:2\n    at canary.ts:1:2"), { code: "ENOSPC" }),
  );
  class Canary_canary extends Error {}
  log.logger.failure("request-failed", new Canary_canary("\n    at canary (/x/canary.ts:1:2)\n"));
  const text = readFileSync(join(folder, LOG_FILE), "utf8");
  expect(lines()[0]).toMatchObject({ event: "state", state: "open", dropped: 6 });
  expect(lines()[1]).toMatchObject({ event: "unknown-event" });
  expect(lines()[2]).toMatchObject({ kind: "StrongroomError", code: "CORRUPT" });
  expect(lines()[4]).toMatchObject({ kind: "TypeError", code: "ENOSPC" });
  expect(text).not.toContain("canary");
});

test("names secrets at debug and not above", () => {
  for (const level of ["debug", "info"] as const) {
    const { log, folder } = open({ level });
    log.logger.touched("secret/get", "github/token");
    log.logger.connection(1, "hello-missing");
    log.logger.info("exit", { status: 0 });
    const text = readFileSync(join(folder, LOG_FILE), "utf8");
    expect(text.includes("github/token")).toBe(level === "debug");
    expect(text).toContain('"status":0');
  }
});

test("stays within four files", () => {
  const { log, folder } = open({ maxBytes: 2000 });
  for (let n = 0; n < 300; n += 1) log.logger.info("state", { state: "open", count: n });
  const sizes = readdirSync(folder).map((file) => statSync(join(folder, file)).size);
  expect(sizes).toHaveLength(4);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2000);
});

test("takes a level that it knows and info for any other", () => {
  expect(parseLevel("debug")).toBe("debug");
  expect(parseLevel("silent")).toBe("silent");
  expect(parseLevel("loud")).toBe("info");
  expect(parseLevel(undefined)).toBe("info");
});

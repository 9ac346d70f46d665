import { join } from "node:path";

import { pino } from "pino";

import { admitted, admittedEvent, describe } from "./fields.ts";
import { LEVELS } from "./logger.ts";
import type { LogEvent, LogFields, Logger, LogLevel } from "./logger.ts";
import { RotatingFile } from "./rotating.ts";

const MIB = 1_048_576;

/** Where and how much to log. */
export interface LogOptions {
  /** The log folder of the home; it must exist. */
  readonly folder: string;
  readonly level: LogLevel;
  /** Bytes a file; four files are kept. 5 MiB unless a test says otherwise. */
  readonly maxBytes?: number;
}

/** An open log. */
export interface Log {
  readonly logger: Logger;
  /** On SIGHUP: goes on in a new file when the old one was moved away. */
  reopen(): void;
  close(): void;
}

/** The name of the newest log file in its folder. */
export const LOG_FILE = "strongroomd.log";

/** The level that a setting names, or `info` when it names none. */
export function parseLevel(setting: string | undefined): LogLevel {
  return LEVELS.find((level) => level === setting) ?? "info";
}

/** Opens the log. Never throws: without a place to write, lines are lost and counted. */
export function openLog({ folder, level, maxBytes = 5 * MIB }: LogOptions): Log {
  const file = new RotatingFile({
    path: join(folder, LOG_FILE),
    maxBytes,
    files: 4,
    retryMs: 5000,
    now: () => performance.now(),
  });
  const sink = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: "event",
    },
    file,
  );
  const at =
    (severity: Exclude<LogLevel, "silent">) =>
    (event: LogEvent, fields: LogFields = {}): void => {
      const lost = file.lost > 0 ? { lost: file.lost } : {};
      sink[severity]({ ...admitted(fields), ...lost }, admittedEvent(event));
    };
  return {
    logger: {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      failure: (event, error) => sink.error(describe(error), admittedEvent(event)),
      connection: (connection, reason) => sink.debug({ connection, reason }, "connection-dropped"),
      touched: (method, name) => sink.debug({ method, name }, "name-touched"),
    },
    reopen: () => file.reopen(),
    close: () => file.close(),
  };
}

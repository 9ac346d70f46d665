import { readSmallFile } from "./small-file.ts";

/** What a daemon publishes about itself in `vault/daemon.pid`; a hint, never an authority. */
export interface DaemonRecord {
  readonly pid: number;
  /** When the process started, in the system's own words; null where it cannot be known. */
  readonly startTime: string | null;
  /** The boot in which it runs; null where it cannot be known. */
  readonly bootId: string | null;
  /** The numbering that `pid` is of (`/proc/self/ns/pid`); null where it cannot be known. */
  readonly namespace: string | null;
  /** Device and inode of its socket, by which that is told from another one at its path; null = not known. */
  readonly socket: string | null;
  /** The same of the vault's folder, by which a copy of it knows that this is not about it. */
  readonly folder: string | null;
  readonly version: string;
  /** The highest protocol that it speaks. */
  readonly protocol: number;
  /** The path of its socket, or the name of its pipe. */
  readonly endpoint: string;
  /** The epoch that it claimed, 16 hex digits; null while there is none. */
  readonly epoch: string | null;
}

/** A record is one short line; more than this is not one. */
const RECORD_BYTES = 8192;

/** The bytes of a record: one line of JSON; its line feed says that it is complete. */
export function formatRecord(record: DaemonRecord): string {
  const { pid, startTime, bootId, namespace, version, protocol, endpoint } = record;
  const { socket, folder, epoch } = record;
  const process = { pid, startTime, bootId, namespace };
  const fields = { ...process, version, protocol, endpoint, socket, folder, epoch };
  return `${JSON.stringify(fields)}\n`;
}

/** Reads a record; anything but a complete one (empty, cut, foreign) is no record. */
export function parseRecord(text: string): DaemonRecord | undefined {
  if (!text.endsWith("\n")) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const fields = parsed as { readonly [field: string]: unknown };
  const { pid, startTime, bootId, version, protocol, endpoint, epoch } = fields;
  // Earlier daemons say none.
  const { namespace = null, socket = null, folder = null } = fields;
  if (!isPositive(pid) || !isPositive(protocol)) return undefined;
  if (typeof version !== "string" || typeof endpoint !== "string" || endpoint === "") {
    return undefined;
  }
  if (!isText(startTime) || !isText(bootId) || !isText(epoch)) return undefined;
  if (!isText(namespace) || !isText(socket) || !isText(folder)) return undefined;
  const process = { pid, startTime, bootId, namespace };
  return { ...process, version, protocol, endpoint, socket, folder, epoch };
}

/** The record at a path, or undefined when there is none, whatever stands there instead. */
export function readRecord(path: string): DaemonRecord | undefined {
  const text = readSmallFile(path, RECORD_BYTES);
  return text === undefined ? undefined : parseRecord(text);
}

function isPositive(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

function isText(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

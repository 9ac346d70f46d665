import type { AuditPolicy, Encoding, Metadata } from "@strongroom/client/protocol";
import { StrongroomError } from "@strongroom/client/protocol";
import { readPolicy, writePolicy } from "../audit/policy.ts";
import { readKeyRecord, writeKeyRecord } from "./key-record.ts";
import type { KeyRecord } from "./key-record.ts";
import { readOAuthRecord, writeOAuthRecord } from "./oauth-record.ts";
import type { OAuthRecord } from "./oauth-record.ts";
import { readOwnerRecord, writeOwnerRecord } from "./owner-record.ts";
import type { OwnerRecord } from "./owner-record.ts";
import { parseMetadata } from "./packed.ts";
import { readRenewer, writeRenewer } from "./renewer-record.ts";
import type { RenewerRecord } from "./renewer-record.ts";
import type { ByteReader } from "./reader.ts";
import type { ByteWriter } from "./writer.ts";

/** What a commit does to one name, or to all names with a prefix. */
export type Change =
  | {
      readonly kind: "set";
      readonly name: string;
      readonly version: number;
      readonly value: Buffer;
      readonly encoding: Encoding;
      readonly metadata: Metadata | undefined;
    }
  | { readonly kind: "delete"; readonly name: string; readonly version: number }
  | {
      readonly kind: "restore";
      readonly name: string;
      readonly version: number;
      /** The kept version whose value comes back. */
      readonly from: number;
    }
  /** Kept versions go; the current one stays. */
  | { readonly kind: "drop"; readonly name: string; readonly versions: readonly number[] }
  /** Everything about the name goes; the floor rises to its last version. */
  | { readonly kind: "forget"; readonly name: string }
  /** Every live name that begins so is deleted. */
  | { readonly kind: "clear"; readonly prefix: string; readonly cleared: number }
  /** The owner's word that this is the time, in milliseconds since 1970, earlier or later. */
  | { readonly kind: "clock"; readonly time: number }
  /** What the audit records, and keeps. */
  | { readonly kind: "audit-policy"; readonly policy: AuditPolicy }
  /** What the vault asks of whoever comes by the owner's socket. */
  | { readonly kind: "policy"; readonly requireKey: boolean }
  | KeyChange
  | OAuthChange
  | OwnerChange
  | RenewerChange;

/** What a commit does to an API key. */
export type KeyChange =
  | { readonly kind: "key"; readonly record: KeyRecord }
  | { readonly kind: "forget-key"; readonly id: string };

/** What a commit does to an OAuth credential: the whole record takes the place of the one before. */
export type OAuthChange =
  | { readonly kind: "oauth"; readonly record: OAuthRecord }
  | { readonly kind: "forget-oauth"; readonly name: string };

/** What a commit does to the program that renews a secret. */
export type RenewerChange =
  | { readonly kind: "renewer"; readonly record: RenewerRecord }
  | { readonly kind: "forget-renewer"; readonly name: string };

/** What a commit does to what the owner has laid down. */
export type OwnerChange =
  | { readonly kind: "owner-record"; readonly record: OwnerRecord }
  | { readonly kind: "forget-owner-record"; readonly id: string };

// The numbers stand in journals for ever: never change one, never use one again.
const SET_UTF8 = 1;
const SET_BASE64 = 2;
const DELETE = 3;
const RESTORE = 4;
const DROP = 5;
const FORGET = 6;
const CLEAR = 7;
const KEY = 8;
const FORGET_KEY = 9;
const AUDIT_POLICY = 20;
const CLOCK = 21;
const POLICY = 10;
const OAUTH = 30;
const FORGET_OAUTH = 31;
const RENEWER = 32;
const FORGET_RENEWER = 33;
const OWNER_RECORD = 34;
const FORGET_OWNER_RECORD = 35;

/** Writes a change as a part of its commit record. */
export function writeChange(writer: ByteWriter, change: Change): void {
  switch (change.kind) {
    case "set":
      writer.byte(change.encoding === "utf8" ? SET_UTF8 : SET_BASE64);
      writer.text(change.name);
      writer.integer(change.version);
      writer.text(change.metadata === undefined ? "" : JSON.stringify(change.metadata));
      writer.bytes(change.value);
      return;
    case "delete":
      writer.byte(DELETE);
      writer.text(change.name);
      writer.integer(change.version);
      return;
    case "restore":
      writer.byte(RESTORE);
      writer.text(change.name);
      writer.integer(change.version);
      writer.integer(change.from);
      return;
    case "drop":
      writer.byte(DROP);
      writer.text(change.name);
      writer.integer(change.versions.length);
      for (const version of change.versions) writer.integer(version);
      return;
    case "forget":
      writer.byte(FORGET);
      writer.text(change.name);
      return;
    case "clear":
      writer.byte(CLEAR);
      writer.text(change.prefix);
      writer.integer(change.cleared);
      return;
    case "key":
      writer.byte(KEY);
      writeKeyRecord(writer, change.record);
      return;
    case "forget-key":
      writer.byte(FORGET_KEY);
      writer.text(change.id);
      return;
    case "audit-policy":
      writer.byte(AUDIT_POLICY);
      writePolicy(writer, change.policy);
      return;
    case "clock":
      writer.byte(CLOCK);
      writer.time(change.time);
      return;
    case "policy":
      writer.byte(POLICY);
      writer.byte(Number(change.requireKey));
      return;
    case "oauth":
      writer.byte(OAUTH);
      writeOAuthRecord(writer, change.record);
      return;
    case "forget-oauth":
      writer.byte(FORGET_OAUTH);
      writer.text(change.name);
      return;
    case "renewer":
      writer.byte(RENEWER);
      writeRenewer(writer, change.record);
      return;
    case "forget-renewer":
      writer.byte(FORGET_RENEWER);
      writer.text(change.name);
      return;
    case "owner-record":
      writer.byte(OWNER_RECORD);
      writeOwnerRecord(writer, change.record);
      return;
    case "forget-owner-record":
      writer.byte(FORGET_OWNER_RECORD);
      writer.text(change.id);
  }
}

/** Reads one change; a number that this release does not know is `UNSUPPORTED_FORMAT`. */
export function readChange(reader: ByteReader): Change {
  const type = reader.byte();
  switch (type) {
    case SET_UTF8:
    case SET_BASE64:
      return {
        kind: "set",
        name: reader.text(),
        version: reader.integer(),
        metadata: parseMetadata(reader.text()),
        value: reader.bytes(),
        encoding: type === SET_UTF8 ? "utf8" : "base64",
      };
    case DELETE:
      return { kind: "delete", name: reader.text(), version: reader.integer() };
    case RESTORE:
      return {
        kind: "restore",
        name: reader.text(),
        version: reader.integer(),
        from: reader.integer(),
      };
    case DROP:
      return { kind: "drop", name: reader.text(), versions: readIntegers(reader) };
    case FORGET:
      return { kind: "forget", name: reader.text() };
    case CLEAR:
      return { kind: "clear", prefix: reader.text(), cleared: reader.integer() };
    case KEY:
      return { kind: "key", record: readKeyRecord(reader) };
    case FORGET_KEY:
      return { kind: "forget-key", id: reader.text() };
    case AUDIT_POLICY:
      return { kind: "audit-policy", policy: readPolicy(reader) };
    case CLOCK:
      return { kind: "clock", time: reader.time() };
    case POLICY:
      return { kind: "policy", requireKey: reader.byte() === 1 };
    case OAUTH:
      return { kind: "oauth", record: readOAuthRecord(reader) };
    case FORGET_OAUTH:
      return { kind: "forget-oauth", name: reader.text() };
    case RENEWER:
      return { kind: "renewer", record: readRenewer(reader) };
    case FORGET_RENEWER:
      return { kind: "forget-renewer", name: reader.text() };
    case OWNER_RECORD:
      return { kind: "owner-record", record: readOwnerRecord(reader) };
    case FORGET_OWNER_RECORD:
      return { kind: "forget-owner-record", id: reader.text() };
    default:
      throw unsupported("change", type);
  }
}

/** A list of integers behind its length. */
export function readIntegers(reader: ByteReader): number[] {
  return Array.from({ length: reader.count() }, () => reader.integer());
}

/** A record of a later release: refused by name, never skipped. */
export function unsupported(what: string, type: number): StrongroomError {
  return new StrongroomError(
    "UNSUPPORTED_FORMAT",
    `the vault holds a ${what} of type ${type}, which this release does not know`,
    { hint: "open it with the release that wrote it, or a later one: strongroom version" },
  );
}

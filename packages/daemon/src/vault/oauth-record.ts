import type { Registration } from "../oauth/provider.ts";
import type { ByteReader } from "./reader.ts";
import { malformed } from "./reader.ts";
import type { ByteWriter } from "./writer.ts";

/** An access token, and how long it lives. */
export interface AccessToken {
  readonly token: string;
  /** As it stood in the answer: `Bearer`. */
  readonly type: string;
  /** When it was asked for, by the time of the vault, milliseconds since 1970. */
  readonly obtainedAt: number;
  readonly expiresAt: number;
  /** The server did not say how long: an hour is assumed. */
  readonly assumed?: true;
  /** What it is for, where the server said other scopes than were asked for. */
  readonly scopes?: readonly string[];
}

/** A presentation of a refresh token that is journalled before it is made. */
export interface OpenFlight {
  readonly id: string;
  /** Of the tokens that are presented. */
  readonly generation: number;
  /** How often they may have been presented without an answer: 1 or 2. */
  readonly attempts: number;
  readonly startedAt: number;
  /** What is known of the last that came to no tokens, never anything of what was answered. */
  readonly reason?: string;
}

/** Why a refresh token will not be presented again. */
export interface DeadGrant {
  readonly generation: number;
  /** A word of RFC 6749, section 5.2, or `revoked`, or `other_subject`. */
  readonly reason: string;
  readonly at: number;
  /** The flight that found out. */
  readonly flight?: string;
}

/** An OAuth credential: identity and tokens are of one writer, and it has no history. */
export interface OAuthRecord {
  readonly name: string;
  readonly registration: Registration;
  readonly scopes: readonly string[];
  readonly subject?: string;
  /** What its owner calls the account. */
  readonly account?: string;
  /** The revision of the commit that made its tokens: it grows, and never comes again. */
  readonly generation: number;
  readonly updatedAt: number;
  readonly access?: AccessToken;
  readonly refreshToken?: string;
  /** Somebody else may present its refresh token too: nobody here does until it is adopted. */
  readonly shared?: true;
  readonly flight?: OpenFlight;
  readonly dead?: DeadGrant;
}

/** Writes a credential: the fields of its record as JSON. */
export function writeOAuthRecord(writer: ByteWriter, record: OAuthRecord): void {
  writer.text(JSON.stringify(record));
}

/** Reads one; `CORRUPT` when it is none. */
export function readOAuthRecord(reader: ByteReader): OAuthRecord {
  let value: Partial<OAuthRecord>;
  try {
    value = JSON.parse(reader.text()) as Partial<OAuthRecord>;
  } catch {
    throw malformed();
  }
  const { generation, name, registration, scopes, updatedAt } = value;
  if (typeof name !== "string" || !Array.isArray(scopes)) throw malformed();
  if (typeof generation !== "number" || typeof updatedAt !== "number") throw malformed();
  if (typeof registration?.tokenEndpoint !== "string") throw malformed();
  return { ...value, name, registration, scopes, generation, updatedAt };
}

/** What a credential counts towards the limit of the vault, in bytes. */
export function weightOf(record: OAuthRecord | undefined): number {
  return record === undefined ? 0 : Buffer.byteLength(JSON.stringify(record));
}

/** The record without what no longer is: an open flight, a dead grant. */
export function without<K extends "access" | "dead" | "flight" | "refreshToken" | "shared">(
  record: OAuthRecord,
  ...fields: readonly K[]
): Omit<OAuthRecord, K> {
  const rest = Object.entries(record).filter(([field]) => !fields.includes(field as K));
  return Object.fromEntries(rest) as unknown as Omit<OAuthRecord, K>;
}

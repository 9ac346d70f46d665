import type { ApprovalEntry, RecipeEntry } from "@strongroom/client/protocol";
import type { OpenFlight } from "./oauth-record.ts";
import type { ByteReader } from "./reader.ts";
import { malformed } from "./reader.ts";
import type { ByteWriter } from "./writer.ts";

/**
 * What the owner has laid down: which files are approved, and which programs others may have run;
 * and of refresh tokens that they took away, how often those may have been presented.
 */
export type OwnerRecord =
  | ({ readonly kind: "approval" } & ApprovalEntry)
  | ({ readonly kind: "presented" } & Presented)
  | ({ readonly kind: "recipe" } & RecipeEntry);

/** A flight of a refresh token that is in no credential any more. */
export interface Presented {
  /** Of the refresh token, in hex. */
  readonly sha256: string;
  readonly flight: OpenFlight;
}

/** What its owner's records are found by. */
export function approvalId(path: string): string {
  return `approval:${path}`;
}

/** The same for a recipe. */
export function recipeId(name: string): string {
  return `recipe:${name}`;
}

/** The same for a refresh token that was presented. */
export function presentedId(sha256: string): string {
  return `presented:${sha256}`;
}

/** The same for any of them. */
export function ownerRecordId(record: OwnerRecord): string {
  if (record.kind === "presented") return presentedId(record.sha256);
  return record.kind === "approval" ? approvalId(record.path) : recipeId(record.name);
}

/** Writes one: its fields as JSON. */
export function writeOwnerRecord(writer: ByteWriter, record: OwnerRecord): void {
  writer.text(JSON.stringify(record));
}

/** Reads one; `CORRUPT` when it is none. */
export function readOwnerRecord(reader: ByteReader): OwnerRecord {
  let value: Partial<OwnerRecord>;
  try {
    value = JSON.parse(reader.text()) as Partial<OwnerRecord>;
  } catch {
    throw malformed();
  }
  if (value.kind === "approval" && typeof value.path === "string") {
    const { approvedAt, path, sha256 } = value;
    if (typeof sha256 === "string" && typeof approvedAt === "number") {
      return { ...value, approvedAt, path, sha256 };
    }
  }
  if (value.kind === "presented" && typeof value.sha256 === "string") {
    const { flight, sha256 } = value;
    if (typeof flight?.id === "string" && typeof flight.attempts === "number") {
      return { ...value, sha256, flight };
    }
  }
  if (value.kind === "recipe" && typeof value.name === "string") {
    const { argv, environment, folder, generation, name } = value;
    const isWhole = Array.isArray(argv) && Array.isArray(environment);
    if (isWhole && typeof folder === "string" && typeof generation === "number") {
      return { ...value, argv, environment, folder, generation, name };
    }
  }
  throw malformed();
}

/** What it counts towards the limit of the vault, in bytes. */
export function ownerRecordWeight(record: OwnerRecord | undefined): number {
  return record === undefined ? 0 : Buffer.byteLength(JSON.stringify(record));
}

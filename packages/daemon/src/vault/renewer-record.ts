import type { Renewer, RenewerEntry } from "@strongroom/client/protocol";
import type { ByteReader } from "./reader.ts";
import { malformed } from "./reader.ts";
import { isLive } from "./secret.ts";
import type { Secret } from "./secret.ts";
import type { ByteWriter } from "./writer.ts";

/** A program that prints the next value of a secret, and what became of it last. */
export interface RenewerRecord
  extends Renewer, Pick<RenewerEntry, "failure" | "flight" | "renewedAt"> {
  /** The revision of the commit that set it. */
  readonly generation: number;
}

/** Writes one: its fields as JSON. */
export function writeRenewer(writer: ByteWriter, record: RenewerRecord): void {
  writer.text(JSON.stringify(record));
}

/** Reads one; `CORRUPT` when it is none. */
export function readRenewer(reader: ByteReader): RenewerRecord {
  let value: Partial<RenewerRecord>;
  try {
    value = JSON.parse(reader.text()) as Partial<RenewerRecord>;
  } catch {
    throw malformed();
  }
  const { argv, generation, lifetimeMs, name } = value;
  if (typeof name !== "string" || !Array.isArray(argv)) throw malformed();
  if (typeof generation !== "number" || typeof lifetimeMs !== "number") throw malformed();
  return { ...value, argv, generation, lifetimeMs, name };
}

/** What it counts towards the limit of the vault, in bytes. */
export function renewerWeight(record: RenewerRecord | undefined): number {
  return record === undefined ? 0 : Buffer.byteLength(JSON.stringify(record));
}

/** Whether the next who asks for the secret has to wait for its program first. */
export function isDue(
  { lifetimeMs, renewedAt }: RenewerRecord,
  secret: Secret | undefined,
  at: number,
): boolean {
  if (renewedAt === undefined || !isLive(secret, at)) return true;
  // Renewed later than now: the clock was set back since, and nobody knows how old it is.
  return renewedAt > at || at - renewedAt >= lifetimeMs;
}

/** The record of a secret whose value is new. */
export function renewed(record: RenewerRecord, at: number): RenewerRecord {
  const { failure: _, ...rest } = record;
  return { ...rest, renewedAt: at };
}

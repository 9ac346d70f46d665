import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import type { AuditEntry } from "@strongroom/client/protocol";
import type { Services } from "../turn/handler.ts";
import { ByteReader } from "../vault/reader.ts";
import { readEntry } from "./entry.ts";
import type { Trail } from "./trail.ts";

/** So many records are looked at for one page. */
const LOOKS = 10_000;

/** What a page is made of. */
export interface Query {
  /** Only records behind this number. */
  readonly after: number;
  readonly limit: number;
  readonly matches: (entry: AuditEntry) => boolean;
}

/** A page of the audit; the rest is behind `next`, unless that is the trail's last. */
export interface Page {
  readonly entries: readonly AuditEntry[];
  readonly next: number;
  /** One sentence for each segment that is damaged: what stands behind the damage is passed over. */
  readonly damaged: readonly string[];
}

/** Makes a page; damage in one segment hides nothing of the others. */
export async function pageOf(
  trail: Trail,
  segment: Services["segment"],
  { after, limit, matches }: Query,
): Promise<Page> {
  const entries: AuditEntry[] = [];
  const damaged: string[] = [];
  let next = Math.max(after, trail.from.count);
  let looks = 0;
  let bytes = 0;
  const isFull = (): boolean =>
    entries.length >= limit || looks >= LOOKS || bytes >= LIMITS.listPageBytes;
  const look = (number: number, record: Uint8Array): void => {
    if (number <= next || isFull()) return;
    const entry = readEntry(new ByteReader(record), number);
    if (matches(entry)) {
      entries.push(entry);
      bytes += record.length;
    }
    next = number;
    looks += 1;
  };
  for (const sealed of trail.sealedSegments) {
    if (sealed.after.count <= next) continue;
    if (isFull()) break;
    let number = sealed.before.count;
    try {
      await segment(sealed, (record) => look((number += 1), record));
    } catch (error) {
      if (!(error instanceof StrongroomError) || error.code !== "CORRUPT") throw error;
      if (isFull()) break;
      damaged.push(error.message);
      next = sealed.after.count;
    }
  }
  if (next >= (trail.sealedSegments.at(-1)?.after.count ?? 0)) {
    for (const { number, record } of trail.tail()) {
      if (isFull()) break;
      look(number, record);
    }
  }
  return { entries, next, damaged };
}

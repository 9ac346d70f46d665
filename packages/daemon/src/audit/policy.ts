import type { AuditMode, AuditPolicy } from "@strongroom/client/protocol";
import type { ByteReader } from "../vault/reader.ts";
import { malformed } from "../vault/reader.ts";
import type { ByteWriter } from "../vault/writer.ts";

/** What holds until the owner decides otherwise. */
export const DEFAULT_POLICY: AuditPolicy = { keys: "strict", owner: "lazy", keepBytes: null };

// The numbers stand in journals and snapshots for ever.
const MODES: readonly AuditMode[] = ["off", "lazy", "strict"];

/** Writes a policy. */
export function writePolicy(writer: ByteWriter, policy: AuditPolicy): void {
  writer.byte(MODES.indexOf(policy.keys));
  writer.byte(MODES.indexOf(policy.owner));
  writer.integer(policy.keepBytes ?? 0);
}

/** Reads one; `CORRUPT` when it is none. */
export function readPolicy(reader: ByteReader): AuditPolicy {
  const keys = modeOf(reader.byte());
  const owner = modeOf(reader.byte());
  const keepBytes = reader.integer();
  return { keys, owner, keepBytes: keepBytes === 0 ? null : keepBytes };
}

function modeOf(number: number): AuditMode {
  const mode = MODES[number];
  if (mode === undefined) throw malformed();
  return mode;
}

import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import type { AuditMode, AuditPolicy } from "@strongroom/client/protocol";
import type { WriteHandler } from "../turn/handler.ts";
import { COMMIT_BYTES } from "./bytes.ts";

const MODES: readonly AuditMode[] = ["off", "lazy", "strict"];

/** `audit/policy`: what is not named stays as it was. */
export const auditPolicy: WriteHandler<"audit/policy"> = {
  kind: "write",
  judge: (pending, params) => {
    const before = pending.policy;
    const { keys = before.keys, owner = before.owner } = params;
    const keepBytes = keptBytes(params.keepBytes, before);
    const isSame = keys === before.keys && owner === before.owner && keepBytes === before.keepBytes;
    if (!isSame) pending.record({ kind: "audit-policy", policy: { keys, owner, keepBytes } });
    return [MODES.indexOf(keys), MODES.indexOf(owner), keepBytes ?? 0];
  },
  result: (_params, [keys = 0, owner = 0, keepBytes = 0], revision) => ({
    keys: MODES[keys] ?? "strict",
    owner: MODES[owner] ?? "strict",
    keepBytes: keepBytes === 0 ? null : keepBytes,
    revision,
  }),
  bytes: () => COMMIT_BYTES,
  frees: () => false,
};

function keptBytes(asked: number | undefined, before: AuditPolicy): number | null {
  if (asked === undefined) return before.keepBytes;
  if (asked === 0) return null;
  if (asked >= LIMITS.auditKeepBytes) return asked;
  const least = `at least ${LIMITS.auditKeepBytes} bytes of the audit are kept`;
  throw new StrongroomError("INVALID", least, { hint: "strongroom audit policy --keep 100MiB" });
}

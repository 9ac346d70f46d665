import type { Approved, Params } from "@strongroom/client/protocol";
import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import { approvalId } from "./owner-record.ts";
import type { OwnerRecord } from "./owner-record.ts";
import type { Pending } from "./pending.ts";
import { quoted } from "./quote.ts";

/** `approval/add`: in the place of what was approved of that path before. */
export function judgeApproval(pending: Pending, params: Params<"approval/add">): void {
  const { path, sha256 } = params;
  const { ownerRecords } = pending;
  const isNew = ownerRecords.get(approvalId(path)) === undefined;
  if (isNew && ownerRecords.names(approvalId("")).length >= LIMITS.approvals) throw tooMany();
  const record = { kind: "approval", path, sha256, approvedAt: pending.at } as const;
  pending.record({ kind: "owner-record", record });
}

/** `approval/remove`: `NOT_FOUND` where there is none. */
export function judgeApprovalRemove(pending: Pending, { path }: Pick<Approved, "path">): void {
  const id = approvalId(path);
  if (pending.ownerRecords.get(id) === undefined) {
    throw new StrongroomError("NOT_FOUND", `${quoted(path)} is not approved`, {
      hint: "strongroom approval list",
    });
  }
  pending.record({ kind: "forget-owner-record", id });
}

/** `DENIED` unless each of these files is approved with just this content. */
export function demandApproved(
  records: ReadonlyMap<string, OwnerRecord>,
  files: readonly Approved[] | undefined,
): void {
  for (const { path, sha256 } of files ?? []) {
    const known = records.get(approvalId(path));
    if (known?.kind === "approval" && known.sha256 === sha256) continue;
    const why = known === undefined ? "is not approved" : "has changed since it was approved";
    throw new StrongroomError("DENIED", `${quoted(path)} ${why}: none of its references is used`, {
      hint: "look at the file, then: strongroom approval add FILE",
    });
  }
}

function tooMany(): StrongroomError {
  return new StrongroomError("TOO_LARGE", `at most ${LIMITS.approvals} files are approved`, {
    hint: "see which there are: strongroom approval list",
  });
}

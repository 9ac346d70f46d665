import { StrongroomError } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { columns } from "../listing.ts";
import { writeData, writeJson } from "../output.ts";

/** `approval list`: a line for each. */
export async function listApprovals({ caller, positionals, values }: Input): Promise<number> {
  if (positionals.length > 1) {
    throw new StrongroomError("INVALID", "approval list takes nothing else", {
      hint: "strongroom approval list",
    });
  }
  const found = await caller.call("approval/list", {});
  if (values["json"] === true) writeJson(found);
  else {
    const rows = found.approvals.map(({ approvedAt, path, sha256 }) => [
      new Date(approvedAt).toISOString(),
      sha256.slice(0, 16),
      escapeLine(path),
    ]);
    writeData(columns(rows));
  }
  return 0;
}

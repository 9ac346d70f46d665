import { StrongroomError } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import { writeNote } from "../output.ts";
import { approvedOf } from "./env-file.ts";
import type { EnvFile } from "./env-file.ts";
import { resolve } from "./resolve.ts";
import type { Terms, Wanted } from "./resolve.ts";

/**
 * The values of references, for a program whose variables come from these files, too: one that
 * names no secret may still set what decides what the program does with those of others. What is
 * not approved as it is now is asked for at the terminal, once; where it `asks` for nothing, with
 * nobody there, or by a key, it is `DENIED`.
 */
export async function resolveApproved(
  caller: Caller,
  wanted: readonly Wanted[],
  files: readonly EnvFile[],
  { allow, asks }: Pick<Terms, "allow"> & { readonly asks: boolean },
): Promise<Buffer[]> {
  const terms = allow === undefined ? {} : { allow };
  const asking = wanted.length === 0 ? [] : files.filter(({ variables }) => variables.length > 0);
  const whole = asking.length === 0 ? terms : { ...terms, approvals: asking.map(approvedOf) };
  try {
    return await resolve(caller, wanted, whole);
  } catch (error) {
    if (asking.length === 0) throw error;
    const { askToApprove, mayAsk } = await import("./approve.ts");
    if (!asks || !mayAsk(error)) throw error;
    const open = await notApproved(caller, asking);
    if (open.length === 0) throw error;
    if (error instanceof StrongroomError) writeNote(`strongroom: ${error.message}`);
    for (const file of open) await askToApprove(caller, file);
    return await resolve(caller, wanted, whole);
  }
}

async function notApproved(caller: Caller, files: readonly EnvFile[]): Promise<EnvFile[]> {
  const { approvals } = await caller.call("approval/list", {});
  const known = new Map(approvals.map(({ path, sha256 }) => [path, sha256]));
  return files.filter(({ path, sha256 }) => known.get(path) !== sha256);
}

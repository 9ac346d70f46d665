import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { openTo } from "./sddl.ts";

/** SYSTEM and the administrators, who may everything anyway. */
const ALWAYS = ["S-1-5-18", "S-1-5-32-544"] as const;
const SID = /"(S-1-[\d-]+)"\s*$/;

/** Runs a program of Windows by its name in the system's folder; what it prints, "" if it fails. */
export type RunTool = (name: string, args: readonly string[]) => string;

/** Who may enter a folder beside its owner: nobody, others, or it is not said (as under Wine). */
export type Access =
  | { readonly kind: "private" | "unknown" }
  | { readonly kind: "open"; readonly to: readonly string[]; readonly mend: string };

/** Takes folders that were made just now from all but their owner and the system, as far as can be. */
export function restrictAccess(folders: readonly string[], run: RunTool): void {
  if (folders.length === 0) return;
  const restricted = restriction(trusteeOf(run), []);
  for (const folder of folders) run("icacls.exe", [folder, ...restricted]);
}

/**
 * Who may enter a folder, as `icacls` saves it: in SDDL, which is the same in every language. `mend`
 * is the command that closes it.
 */
export function accessOf(folder: string, run: RunTool): Access {
  const sddl = saved(folder, run);
  const to = sddl === undefined ? undefined : openTo(sddl);
  if (to === undefined) return { kind: "unknown" };
  if (to.length === 0) return { kind: "private" };
  const args = restriction(trusteeOf(run), to).map((each) =>
    each.includes("*") ? `"${each}"` : each,
  );
  return { kind: "open", to, mend: `icacls "${folder}" ${args.join(" ")}` };
}

function restriction(trustee: string, others: readonly string[]): string[] {
  const grants = [trustee, ...ALWAYS.map((sid) => `*${sid}`)].map((each) => `${each}:(OI)(CI)F`);
  const removed = others.length === 0 ? [] : ["/remove:g", ...others.map((sid) => `*${sid}`)];
  return ["/inheritance:r", ...removed, "/grant:r", ...grants];
}

/** The user of this process by SID, which is the same after a change of name; else by name. */
function trusteeOf(run: RunTool): string {
  const [, sid] = SID.exec(run("whoami.exe", ["/user", "/fo", "csv", "/nh"])) ?? [];
  return sid === undefined ? userInfo().username : `*${sid}`;
}

function saved(folder: string, run: RunTool): string | undefined {
  let place: string | undefined;
  try {
    place = mkdtempSync(join(tmpdir(), "strongroom-"));
    const file = join(place, "access");
    run("icacls.exe", [folder, "/save", file]);
    // A line with the name of the folder, and one with its list.
    const [, ...lines] = readFileSync(file, "utf16le").split(/\r?\n/u);
    return lines.find((line) => line !== "");
  } catch {
    return undefined;
  } finally {
    if (place !== undefined) rmSync(place, { recursive: true, force: true });
  }
}

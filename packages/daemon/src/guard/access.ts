import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { accessOf, restrictAccess, StrongroomError } from "@strongroom/client/protocol";
import type { Home, RunTool } from "@strongroom/client/protocol";

/** A folder that others may enter is found out, and not waited for. */
const LIMIT_MS = 10_000;

/**
 * What modes are elsewhere, on Windows: takes folders that were made just now from all others.
 * Does nothing on other systems.
 */
export function closeToOthers(
  made: readonly string[],
  run: RunTool = runTool,
  platform: NodeJS.Platform = process.platform,
): void {
  if (platform === "win32") restrictAccess(made, run);
}

/**
 * Refuses (`DENIED`, with the command that closes it) a home whose secrets, key or marks somebody
 * else may read or change by the lists of Windows. What those lists do not say is no refusal.
 */
export function demandClosed(
  { config, state, vault }: Pick<Home, "config" | "state" | "vault">,
  run: RunTool = runTool,
  platform: NodeJS.Platform = process.platform,
): void {
  if (platform !== "win32") return;
  for (const folder of [vault, config, state]) {
    const access = accessOf(folder, run);
    if (access.kind !== "open") continue;
    throw new StrongroomError("DENIED", `${folder} is open to others: ${access.to.join(", ")}`, {
      hint: access.mend,
    });
  }
}

const runTool: RunTool = (name, args) => {
  // Not by PATH, nor in the folder that this process stands in.
  const program = join(process.env["SYSTEMROOT"] ?? "C:\\Windows", "System32", name);
  const { status, stdout } = spawnSync(program, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: LIMIT_MS,
    windowsHide: true,
  });
  return status === 0 ? stdout : "";
};

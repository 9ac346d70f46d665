import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SUPERVISION_NAME } from "@strongroom/client";
import { resolveHome, StrongroomError } from "@strongroom/client/protocol";
import { uninstall } from "./install.ts";
import { servicePlan } from "./plan.ts";
import { kindOf, MANAGERS } from "./table.ts";

/** Takes away the service of the vault that these variables name, where there is one. */
export function removeService(env: NodeJS.ProcessEnv): void {
  const marker = join(resolveHome(env).config, SUPERVISION_NAME);
  const manager = MANAGERS[kindOf(process.platform)]?.(env);
  if (!existsSync(marker) || manager === undefined) return;
  try {
    uninstall(manager, servicePlan(env));
  } catch (error) {
    // Without its vault nothing says what its units are called.
    if (!(error instanceof StrongroomError) || error.code !== "NOT_FOUND") throw error;
    rmSync(marker, { force: true });
  }
}

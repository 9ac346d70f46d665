import { existsSync } from "node:fs";
import { join } from "node:path";
import { SUPERVISION_NAME } from "@strongroom/client";
import { resolveHome } from "@strongroom/client/protocol";
import { uninstall } from "./install.ts";
import { formerPlan } from "./plan.ts";
import { kindOf, MANAGERS } from "./table.ts";

/** Takes away the service of the vault that these variables name, where there is one. */
export function removeService(env: NodeJS.ProcessEnv): void {
  const marker = join(resolveHome(env).config, SUPERVISION_NAME);
  const manager = MANAGERS[kindOf(process.platform)]?.(env);
  if (existsSync(marker) && manager !== undefined) uninstall(manager, formerPlan(env));
}

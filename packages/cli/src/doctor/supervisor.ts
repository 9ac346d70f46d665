import { readSupervision } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";
import { installed } from "../service/install.ts";
import { servicePlan } from "../service/plan.ts";
import { MANAGERS } from "../service/table.ts";
import { ok, problem } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { Scene } from "./scene.ts";

const MEND = "strongroom service install";

/** Whether the supervisor that clients ask for the daemon would start it; nothing where there is none. */
export function checkSupervisor({ env, home }: Scene): Finding[] {
  const supervision = readSupervision(home);
  if (supervision === undefined) return [];
  const { kind, unit } = supervision;
  try {
    const manager = MANAGERS[kind]?.(env);
    if (manager === undefined) return [];
    const plan = servicePlan(env);
    const { isReady, says } = manager.state(plan);
    const is = `${unit} (${kind}): ${says}`;
    if (!isReady) return [problem("supervisor", `${is}, so no command finds a daemon`, MEND)];
    if (installed(manager, plan) === "yes") return [ok("supervisor", is)];
    const older = `${is}; it starts the daemon as another version, or for other folders, wrote it`;
    return [problem("supervisor", older, MEND)];
  } catch (error) {
    if (!(error instanceof StrongroomError)) throw error;
    return [problem("supervisor", `${unit} (${kind}): ${error.message}`, error.hint)];
  }
}

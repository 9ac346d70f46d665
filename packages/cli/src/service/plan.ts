import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { daemonEnvironment } from "@strongroom/client";
import { resolveHome, StrongroomError, vaultIdentity, VERSION } from "@strongroom/client/protocol";
import { daemonProgram } from "../program.ts";

/** What a supervisor is told of the daemon of one vault. */
export interface ServicePlan {
  readonly home: ReturnType<typeof resolveHome>;
  /** What the supervisor calls it. */
  readonly unit: string;
  /** The real path of the vault's folder. */
  readonly vault: string;
  /** The first 16 hex digits of the hash of the vault's path, as in its sockets' names. */
  readonly identity: string;
  /** The daemon's program and its arguments. */
  readonly words: readonly string[];
  /** All that its environment has to hold. */
  readonly variables: readonly (readonly [name: string, value: string])[];
  readonly version: string;
}

/** What decides which vault it is, and where programs are found; all else is the supervisor's. */
const MEANT = /^(?:PATH|STRONGROOM_HOME|XDG_(?:CONFIG|DATA|STATE)_HOME)$/u;

/**
 * The plan for the vault that these variables name. `NOT_FOUND` where there is none: a daemon that
 * whoever asks first has started makes no vault.
 */
export function servicePlan(env: NodeJS.ProcessEnv): ServicePlan {
  const home = resolveHome(env);
  if (!existsSync(join(home.vault, "vault.json"))) {
    throw new StrongroomError("NOT_FOUND", `there is no vault in ${home.vault}`, {
      hint: "strongroom init",
    });
  }
  const vault = realpathSync(home.vault);
  const identity = vaultIdentity(vault);
  const { command, args } = daemonProgram("--auto");
  return {
    home,
    unit: env["STRONGROOM_HOME"] === undefined ? "strongroom" : `strongroom-${identity}`,
    vault,
    identity,
    words: [command, ...args],
    variables: Object.entries(daemonEnvironment(env))
      .filter((each): each is [string, string] => MEANT.test(each[0]) && each[1] !== undefined)
      // The same units from wherever it is called.
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    version: VERSION,
  };
}

import { existsSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { daemonEnvironment, notedSupervision } from "@strongroom/client";
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
  /** What else would name another vault, and must not be there. */
  readonly unset: readonly string[];
  readonly version: string;
}

/** What decides which vault it is, and where programs are found; all else is the supervisor's. */
const MEANT = [
  "HOME",
  "PATH",
  "STRONGROOM_HOME",
  "XDG_CONFIG_HOME",
  "XDG_DATA_HOME",
  "XDG_STATE_HOME",
];

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
  return planOf(env, realpathSync(home.vault));
}

/** The plan by which a vault that is gone was served, as far as it is needed to take it away. */
export function formerPlan(env: NodeJS.ProcessEnv): ServicePlan {
  const home = resolveHome(env);
  const { vault = resolve(home.vault) } = notedSupervision(home) ?? {};
  return planOf(env, existsSync(home.vault) ? realpathSync(home.vault) : vault);
}

function planOf(env: NodeJS.ProcessEnv, vault: string): ServicePlan {
  const home = resolveHome(env);
  const identity = vaultIdentity(vault);
  const { command, args } = daemonProgram("--auto");
  const given = daemonEnvironment(env);
  // A link that leads elsewhere later must not lead the daemon there.
  const { STRONGROOM_HOME: named = "" } = given;
  if (existsSync(named)) given["STRONGROOM_HOME"] = realpathSync(named);
  const variables = MEANT.flatMap((name) => {
    const { [name]: value } = given;
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  return {
    home,
    unit: env["STRONGROOM_HOME"] === undefined ? "strongroom" : `strongroom-${identity}`,
    vault,
    identity,
    words: [command, ...args],
    variables,
    unset: MEANT.filter((name) => variables.every(([set]) => set !== name)),
    version: VERSION,
  };
}

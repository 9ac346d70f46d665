import { Launchd } from "./launchd.ts";
import type { Manager } from "./manager.ts";
import { Systemd } from "./systemd.ts";
import { Windows } from "./windows.ts";

/** The kinds of supervisors, sorted. */
export const MANAGERS: { readonly [kind: string]: (env: NodeJS.ProcessEnv) => Manager } = {
  launchd: () => new Launchd(),
  systemd: (env) => new Systemd(env),
  windows: () => new Windows(),
};

/** The kind that a system has. */
export function kindOf(platform: NodeJS.Platform): string {
  if (platform === "darwin") return "launchd";
  return platform === "win32" ? "windows" : "systemd";
}

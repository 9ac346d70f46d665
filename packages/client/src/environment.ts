import { resolve } from "node:path";
import type { PathEnvironment } from "./protocol/index.ts";

const ALLOWED: ReadonlySet<string> = new Set([
  "DBUS_SESSION_BUS_ADDRESS",
  "DISPLAY",
  "HOME",
  "LANG",
  "LOGNAME",
  "LOG_LEVEL",
  "STRONGROOM_HOME",
  "TMPDIR",
  "TZ",
  "USER",
  "WAYLAND_DISPLAY",
]);

/** Without these no process starts on Windows, nor are its folders found. */
const WINDOWS: ReadonlySet<string> = new Set([
  "APPDATA",
  "LOCALAPPDATA",
  "SYSTEMROOT",
  "TEMP",
  "USERPROFILE",
]);

/**
 * The environment of a daemon that a client starts: an allowlist and a fixed `PATH`. What else
 * the client carries (`NODE_OPTIONS`, `OPENSSL_CONF`, `LD_PRELOAD`, other tools' tokens) could
 * load foreign code into the one process that holds the key, or lie there for ever.
 */
export function daemonEnvironment(env: PathEnvironment): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = {};
  const windows = process.platform === "win32";
  for (const [name, value] of Object.entries(env)) {
    if (ALLOWED.has(name) || name.startsWith("LC_") || name.startsWith("XDG_")) kept[name] = value;
    else if (windows && WINDOWS.has(name.toUpperCase())) kept[name] = value;
  }
  const home = kept["STRONGROOM_HOME"];
  // The daemon stands elsewhere, and would make another vault of a relative path.
  if (home !== undefined && home !== "") kept["STRONGROOM_HOME"] = resolve(home);
  kept["PATH"] = windows
    ? `${systemRoot(kept) ?? "C:\\Windows"}\\System32`
    : "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
  return kept;
}

/** A copy of the environment has the name as the system writes it, mostly `SystemRoot`. */
function systemRoot(env: NodeJS.ProcessEnv): string | undefined {
  return Object.entries(env).find(([name]) => name.toUpperCase() === "SYSTEMROOT")?.[1];
}

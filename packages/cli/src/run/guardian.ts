import { spawn } from "node:child_process";

/** Its standard input ends when this process does. */
const WAIT_AND_REMOVE = `trap '' HUP INT TERM; read -r _; rm -rf -- "$1"`;

/**
 * Has a folder taken away by another process as soon as this one has ended, however it ended; the
 * returned function calls that off. Where there is no shell nobody does it.
 */
export function guard(folder: string): () => void {
  if (process.platform === "win32") return () => {};
  // A session of its own: what ends a terminal or a group does not end it.
  const guardian = spawn("/bin/sh", ["-c", WAIT_AND_REMOVE, "sh", folder], {
    cwd: "/",
    detached: true,
    env: { PATH: "/usr/bin:/bin:/run/current-system/sw/bin" },
    stdio: ["pipe", "ignore", "ignore"],
  });
  guardian.on("error", () => undefined).unref();
  const { stdin } = guardian;
  stdin.on("error", () => undefined);
  if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  return () => void stdin.destroy();
}

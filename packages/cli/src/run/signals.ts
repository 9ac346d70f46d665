import type { ChildProcess } from "node:child_process";
import { procStat } from "../proc-stat.ts";

/** What a terminal sends to all that run in its foreground, the program among them. */
const FROM_TERMINALS = ["SIGINT", "SIGQUIT", "SIGWINCH"] as const;
const FROM_OTHERS = ["SIGTERM", "SIGHUP", "SIGUSR2", "SIGCONT"] as const;

/**
 * Passes signals on to a program, and survives them until it has ended; the returned function ends
 * that. Called before the program starts, which may be interrupted in its first moment. Those of the
 * terminal have reached it by themselves. What stops processes stops both, for they are in one group.
 */
export function passSignals(child: () => ChildProcess | undefined): () => void {
  const pass = (signal: NodeJS.Signals): void => void child()?.kill(signal);
  const passForeign = (signal: NodeJS.Signals): void => {
    if (!isInForeground()) child()?.kill(signal);
  };
  if (process.platform === "win32") return () => {};
  for (const signal of FROM_TERMINALS) process.on(signal, passForeign);
  for (const signal of FROM_OTHERS) process.on(signal, pass);
  return () => {
    for (const signal of FROM_TERMINALS) process.off(signal, passForeign);
    for (const signal of FROM_OTHERS) process.off(signal, pass);
  };
}

function isInForeground(): boolean {
  const stat = procStat(process.pid);
  if (stat === undefined) return process.stdin.isTTY || process.stderr.isTTY;
  return stat.foreground === stat.group;
}

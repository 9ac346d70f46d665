import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { procStat } from "../proc-stat.ts";

/** What a terminal sends to all that run in its foreground, the program among them. */
const FROM_TERMINALS: ReadonlySet<string> = new Set(["SIGINFO", "SIGINT", "SIGQUIT", "SIGWINCH"]);

/**
 * What is not passed on: what nobody can catch, what stops the whole group, faults of this process,
 * news of its children, and that whoever read its output has left, which its writes find out.
 */
const NOT_PASSED: ReadonlySet<string> = new Set([
  "SIGBUS",
  "SIGCHLD",
  "SIGFPE",
  "SIGILL",
  "SIGKILL",
  "SIGPIPE",
  "SIGSEGV",
  "SIGSTOP",
  "SIGTSTP",
  "SIGTTIN",
  "SIGTTOU",
]);

/**
 * Passes signals on to a program, and survives them until it has ended; the returned function ends
 * that. Called before the program starts, which may be interrupted in its first moment. Those of the
 * terminal have reached it by themselves. What stops processes stops both, for they are in one group.
 * Signals without a name (real-time ones) end this process, for Node cannot catch them.
 */
export function passSignals(child: () => ChildProcess | undefined): () => void {
  const pass = (signal: NodeJS.Signals): void => {
    if (!FROM_TERMINALS.has(signal) || !isInForeground()) child()?.kill(signal);
  };
  const signals = process.platform === "win32" ? [] : passed();
  for (const signal of signals) process.on(signal, pass);
  return () => {
    for (const signal of signals) process.off(signal, pass);
  };
}

/** Each under one of its names: SIGIOT is SIGABRT. */
function passed(): NodeJS.Signals[] {
  const byNumber = new Map<number, string>();
  for (const [name, number] of Object.entries(constants.signals)) {
    if (!byNumber.has(number)) byNumber.set(number, name);
  }
  return [...byNumber.values()].filter((name) => !NOT_PASSED.has(name)) as NodeJS.Signals[];
}

/** Whether this process is in the foreground of a terminal, and gets what is typed there as signals. */
export function isInForeground(): boolean {
  const stat = procStat(process.pid);
  if (stat === undefined) return process.stdin.isTTY || process.stderr.isTTY;
  return stat.foreground === stat.group;
}

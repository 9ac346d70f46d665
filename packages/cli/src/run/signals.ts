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

const ENDING = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;

/** The signals by which a program is asked to end. */
export type Ending = (typeof ENDING)[number];

/** A program that gets signals while it is there. */
export interface Receiver {
  readonly isThere: boolean;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Passes signals on to a program, and survives them; the returned function ends that. Called before
 * the program starts, which may be interrupted in its first moment. Those of the terminal have reached
 * it by themselves. What stops processes stops both, for they are in one group. `onEnding` is told
 * what asks for the end. Where no program is there any more that ends this process, and others are
 * dropped: the next one would be ended by most of them before it can catch them. Signals without a
 * name (real-time ones) end this process, for Node cannot catch them.
 */
export function passSignals(
  program: () => Receiver | undefined,
  onEnding: (signal: Ending) => void = () => {},
): () => void {
  const signals = process.platform === "win32" ? [] : passed();
  const release = (): void => {
    for (const signal of signals) process.off(signal, pass);
  };
  const pass = (signal: NodeJS.Signals): void => {
    const receiver = program();
    const ending = ENDING.find((each) => each === signal);
    if (receiver?.isThere !== true) {
      if (ending === undefined) return;
      release();
      process.kill(process.pid, signal);
      return;
    }
    if (ending !== undefined) onEnding(ending);
    if (!FROM_TERMINALS.has(signal) || !isInForeground()) receiver.kill(signal);
  };
  for (const signal of signals) process.on(signal, pass);
  return release;
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

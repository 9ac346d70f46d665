import { spawn } from "node:child_process";
import { constants } from "node:os";
import { daemonEnvironment } from "@strongroom/client";
import { daemonProgram } from "./program.ts";

const FORWARDED = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

/**
 * Runs the daemon's program in the foreground, with the terminal of this one, and resolves with
 * its exit status (128 + N when a signal ended it). `input` is piped into it instead.
 */
export function runDaemonProgram(args: readonly string[], input?: string): Promise<number> {
  const program = daemonProgram(...args);
  const child = spawn(program.command, program.args, {
    env: daemonEnvironment(process.env),
    stdio: [input === undefined ? "inherit" : "pipe", "inherit", "inherit"],
  });
  // Whoever ends before it has read all of it says why by its status.
  child.stdin?.on("error", () => undefined).end(input);
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status, signal) => resolve(status ?? 128 + signalNumber(signal)));
  });
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal];
}

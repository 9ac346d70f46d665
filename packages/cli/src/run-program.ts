import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { daemonEnvironment } from "@strongroom/client";
import { escapeText } from "./escape.ts";
import { isTerminal, writeData, writeNote } from "./output.ts";
import { daemonProgram } from "./program.ts";
import { whileWorking } from "./progress.ts";

const FORWARDED = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

/**
 * Runs the daemon's program in the foreground, with the terminal of this one, and resolves with
 * its exit status (128 + N when a signal ended it).
 */
export async function runDaemonProgram(args: readonly string[]): Promise<number> {
  return await endOf(started(args, "inherit", "inherit"));
}

/**
 * The same for work that takes its time, and says that it goes on; what the program says comes when
 * it has ended, escaped where a terminal shows it. `input` is piped into it.
 */
export async function runLongProgram(
  what: string,
  args: readonly string[],
  input?: string,
): Promise<number> {
  const child = started(args, input === undefined ? "inherit" : "pipe", "pipe");
  // Whoever ends before it has read all of it says why by its status.
  child.stdin?.on("error", () => undefined).end(input);
  const said = Promise.all([child.stdout, child.stderr].map(textOf));
  const status = await whileWorking(what, endOf(child));
  const [out = "", errors = ""] = await said;
  writeData(isTerminal(1) ? escapeText(out) : out);
  for (const line of errors.split("\n").filter((each) => each !== "")) writeNote(line);
  return status;
}

function started(
  args: readonly string[],
  stdin: "inherit" | "pipe",
  rest: "inherit" | "pipe",
): ChildProcess {
  const program = daemonProgram(...args);
  const env = daemonEnvironment(process.env);
  const child = spawn(program.command, program.args, { env, stdio: [stdin, rest, rest] });
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  return child;
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status, signal) => resolve(status ?? 128 + signalNumber(signal)));
  });
}

async function textOf(stream: Readable | null): Promise<string> {
  return stream === null ? "" : await text(stream);
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal];
}

import { writeSync } from "node:fs";
import { resolveHome, shellWord, StrongroomError, VERSION } from "@strongroom/client/protocol";
import { readArguments, USAGE } from "./arguments.ts";
import { Daemon } from "./daemon.ts";
import { STATUS } from "./ending.ts";
import { assertNoInspector } from "./guard/inspector.ts";
import { takeSockets } from "./guard/supervised.ts";
import { Succession } from "./lock/succession.ts";
import { succeed } from "./lock/successor.ts";
import { parseLevel } from "./logging/log.ts";
import { loadSystemCalls } from "./native/system-calls.ts";
import { OFFLINE, runOffline } from "./offline.ts";
import type { OfflineReport } from "./offline.ts";

/** Runs `strongroomd` with these arguments and resolves to the status of its process. */
export async function run(argv: readonly string[]): Promise<number> {
  process.umask(0o077);
  // Whoever reads our words may be gone: EPIPE and EIO kill nobody.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
  try {
    return await serve(argv);
  } catch (error) {
    return refuse(error, argv);
  }
}

/** What the CLI ends with when it found problems. */
const PROBLEMS = 15;
const JSON_OPTION = "--json";

async function serve(argv: readonly string[]): Promise<number> {
  const verb = OFFLINE.find((each) => each === argv[0]);
  if (verb !== undefined) {
    const report = await runOffline(verb, argv.slice(1), resolveHome(process.env));
    if (argv.includes(JSON_OPTION)) write(1, `${JSON.stringify({ schema: 1, ...report })}\n`);
    else tell(report);
    return report.lost.length === 0 ? STATUS.stopped : PROBLEMS;
  }
  const { auto, errand, help, idleMs, logLevel, mayCreate, version } = readArguments(argv);
  if (help || version) {
    process.stdout.write(help ? USAGE : `${VERSION}\n`);
    return STATUS.stopped;
  }
  assertNoInspector();
  const { env } = process;
  const home = resolveHome(env);
  const system = await loadSystemCalls();
  system?.hideMemory();
  const succession = errand === undefined ? undefined : await Succession.begin(errand, home);
  if (errand?.answersOnly === true) {
    await succession?.end(undefined);
    return STATUS.stopped;
  }
  const daemon = await Daemon.start({
    home,
    env,
    // Who follows on a lock follows on a vault.
    mayCreate: mayCreate && succession === undefined,
    auto,
    idleMs,
    sockets: takeSockets(env),
    logLevel: parseLevel(logLevel ?? env["LOG_LEVEL"]),
    succeed,
    peerOf: system?.peerOf,
    say,
  });
  if (daemon === "already-running") {
    await succession?.end(undefined);
    say("already running");
    return STATUS.stopped;
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => daemon.stop(`it got ${signal}`));
  }
  process.on("SIGHUP", () => {
    // There it is the end of the console, and this process is ended ten seconds later.
    if (process.platform === "win32") daemon.stop("its console was closed");
    else daemon.reload();
  });
  const fault = (error: unknown): void => {
    complain(error);
    daemon.stop(`a fault (${kindOf(error)})`, STATUS.fault);
  };
  process.on("uncaughtException", fault);
  process.on("unhandledRejection", fault);
  void daemon.settled().then(() => succession?.end((socket) => daemon.adopt(socket)));
  return (await daemon.ended).status;
}

function tell({ endedKeys, home, lost, restored, secrets }: OfflineReport): void {
  for (const line of lost) say(`lost: ${line}`);
  say(`${secrets} secret${secrets === 1 ? "" : "s"} in ${home}`);
  say(`use it: STRONGROOM_HOME=${shellWord(home)}`);
  if (endedKeys > 0) {
    say("its API keys have ended; make others: strongroom key create NAME --allow RULE");
  }
  if (restored === undefined) return;
  const { revision, time } = restored;
  say(`it ends with revision ${revision}, of a backup of ${new Date(time ?? 0).toISOString()}`);
  say(
    "what was stored later is not in it; when you have seen to that: strongroom recovery confirm",
  );
}

/** Says to whoever started it by hand why it does not run, as the CLI says it. */
function refuse(error: unknown, argv: readonly string[]): number {
  // What is said of an automatic start becomes one line of a client's report.
  if (!(error instanceof StrongroomError) || argv.includes("--auto")) return complain(error);
  const { code, exitCode, hint = "strongroom doctor", message, retryable } = error;
  if (argv.includes(JSON_OPTION)) {
    const json = JSON.stringify({ schema: 1, error: { code, message, hint, retryable } });
    write(2, `${json}\n`);
  } else {
    say(`${message}\n  code: ${code} (exit ${exitCode})\n  next: ${hint}`);
  }
  return exitCode;
}

/** Says why it cannot go on; of what was not foreseen only the kind, for a text may quote anything. */
function complain(error: unknown): number {
  if (!(error instanceof StrongroomError)) {
    say(`a fault (${kindOf(error)})`);
    return STATUS.fault;
  }
  say(`${error.message}; ${error.hint}`);
  return error.exitCode;
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return "no error";
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? error.name : `${error.name} ${code}`;
}

function say(line: string): void {
  write(2, `strongroomd: ${line}\n`);
}

function write(fd: 1 | 2, text: string): void {
  try {
    // At once: the process may end before an asynchronous write is done.
    writeSync(fd, text);
  } catch {
    // Nobody reads it.
  }
}

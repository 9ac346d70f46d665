import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isAlive } from "./alive.ts";
import { expectEnd, unexpectedEnd } from "./ending.ts";
import { killGhosts } from "./ghosts.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The built launchers; `npm test` builds them first. */
export const CLI: string = at("../../packages/cli/bin/strongroom.js");
const DAEMON: string = at("../../packages/daemon/bin/strongroomd.js");

/** Whether the full figures are asked for (`npm run test:long`). */
export const LONG: boolean = process.env["STRONGROOM_LONG"] === "1";

/** How many rounds a test runs, and the line that says so. */
export function rounds(title: string, small: number, full: number): number {
  const n = LONG ? full : small;
  console.log(`${title}: ${n} of ${full}`);
  return n;
}

/** A throwaway home; everything that the tests start lives in it alone. */
export function temporaryHome(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "strongroom-system-")));
}

/** The environment of a process of ours: this home, and nothing of the real one. */
export function environment(home: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, STRONGROOM_HOME: home, HOME: home, ...more };
  for (const name of Object.keys(env)) {
    if (name.startsWith("NODE_") || name.startsWith("XDG_") || name.startsWith("VITEST")) {
      delete env[name];
    }
  }
  return { ...env, ...more };
}

/** How a process ended, and what it said. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function finish(child: ChildProcess, input?: string | Uint8Array): Promise<Ended> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input);
  const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return {
    status,
    signal,
    stdout: Buffer.concat(out).toString(),
    stderr: Buffer.concat(err).toString(),
  };
}

/** Runs the CLI as a process. */
export function cli(
  home: string,
  args: readonly string[],
  input?: string | Uint8Array,
  more: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: environment(home, more),
    stdio: "pipe",
  });
  return finish(child, input);
}

/** The pid in the record of a home's daemon, or undefined when there is no whole record. */
export function recordedPid(home: string): number | undefined {
  try {
    const record = JSON.parse(readFileSync(join(home, "vault", "daemon.pid"), "utf8")) as {
      pid?: unknown;
    };
    return typeof record.pid === "number" ? record.pid : undefined;
  } catch {
    return undefined;
  }
}

/** Polls until `condition` holds; throws naming `what` after `limit` milliseconds. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limit = 20_000,
): Promise<void> {
  const deadline = Date.now() + limit;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what} did not come within ${limit} ms`);
    await pause(10);
  }
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Ends whatever daemon owns a home, and removes the home. */
export async function discard(home: string): Promise<void> {
  const pid = recordedPid(home);
  if (pid !== undefined && isAlive(pid)) {
    expectEnd(pid);
    process.kill(pid, "SIGCONT");
    process.kill(pid, "SIGKILL");
    await until("the daemon's end", () => !isAlive(pid));
  }
  killGhosts(home);
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

/**
 * A daemon started by hand in the foreground, on a vault that exists when this resolves. How it
 * ended is printed when the test did not end it. `program` is what runs as the daemon.
 */
export async function startDaemon(
  home: string,
  args: readonly string[] = ["--create"],
  more: NodeJS.ProcessEnv = {},
  program: string = DAEMON,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, ...args], {
    env: environment(home, more),
    stdio: ["ignore", "ignore", "pipe"],
  });
  await Promise.race([
    unexpectedEnd("the daemon", child),
    until(
      "the daemon's record",
      () => recordedPid(home) === child.pid && existsSync(join(home, "vault", "vault.json")),
    ),
  ]);
  return child;
}

/** A daemon of which each fdatasync takes so many milliseconds longer. */
export function startSlowDaemon(home: string, ms: number): Promise<ChildProcess> {
  const more = { STRONGROOM_SLOW_SYNC_MS: String(ms) };
  return startDaemon(home, ["--create"], more, at("programs/slow-strongroomd.mjs"));
}

/** A worker program of `programs/`, its lines, and a way to end it. */
export interface Worker {
  readonly child: ChildProcess;
  /** Resolves when the worker ended; throws when it failed. */
  readonly done: Promise<void>;
  /** Closes its standard input, which asks it to stop. */
  stop(): void;
  /** The lines since it was last asked, parsed as JSON. */
  take(): unknown[];
}

/** Starts a worker program: `programs/<name>.mjs`, with a home and arguments. */
export function worker(
  name: string,
  home: string,
  args: readonly (number | string)[] = [],
): Worker {
  const child = spawn(process.execPath, [at(`programs/${name}.mjs`), ...args.map(String)], {
    env: environment(home, { STRONGROOM_AUTOSTART: "0" }),
    stdio: "pipe",
  });
  const lines: unknown[] = [];
  const said: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(JSON.parse(line)));
  const done = once(child, "close").then(([status]) => {
    if (status !== 0) throw new Error(`${name} ended with ${String(status)}: ${said.join("")}`);
  });
  done.catch(() => undefined);
  return { child, done, stop: () => child.stdin.end(), take: () => lines.splice(0) };
}

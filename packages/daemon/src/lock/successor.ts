import { spawn } from "node:child_process";
import { existsSync, fstatSync } from "node:fs";
import { resolve } from "node:path";
import { formatErrand } from "./errand.ts";
import type { Errand } from "./errand.ts";

/** Starts the process that follows on a lock; it is handed a connection when there is a descriptor. */
export type Succeed = (errand: Errand, descriptor: number | undefined) => void;

/**
 * Starts this program anew: what held the plaintext must end, for no process can forget it
 * (measured: values and key are found in its memory after every collection of garbage). It has
 * our environment and our descriptor of errors, and nothing of our memory.
 */
export const succeed: Succeed = (errand, descriptor) => {
  const [, launcher = ""] = process.argv;
  const own = argumentsWithoutErrand(process.argv.slice(2));
  const args = [...process.execArgv, launcher, ...own, "--succeed", formatErrand(errand)];
  const { STRONGROOM_HOME: home, ...env } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: "/",
    // From where it stands a relative path would lead to another vault.
    env: home === undefined ? env : { ...env, STRONGROOM_HOME: resolve(home) },
    detached: true,
    // A log it may go on with; whoever waits for the end of a pipe waits for this process.
    stdio: ["ignore", "ignore", isLog(2) ? "inherit" : "ignore", descriptor ?? "ignore"],
    windowsHide: true,
  });
  // Without a successor the vault is locked all the same: the marker is there.
  child.once("error", () => undefined);
  child.unref();
};

/** Whether there is a program to start: an upgrade takes it away for a while, or Node with it. */
export function hasProgram(paths: readonly (string | undefined)[]): boolean {
  return paths.every((path) => path !== undefined && existsSync(path));
}

function argumentsWithoutErrand(argv: readonly string[]): readonly string[] {
  const at = argv.indexOf("--succeed");
  return at === -1 ? argv : argv.toSpliced(at, 2);
}

function isLog(descriptor: number): boolean {
  try {
    return fstatSync(descriptor, { bigint: true }).isFile();
  } catch {
    return false;
  }
}

import { spawn } from "node:child_process";
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
  const child = spawn(process.execPath, args, {
    cwd: "/",
    detached: true,
    stdio: ["ignore", "ignore", "inherit", descriptor ?? "ignore"],
    windowsHide: true,
  });
  // Without a successor the vault is locked all the same: the marker is there.
  child.once("error", () => undefined);
  child.unref();
};

function argumentsWithoutErrand(argv: readonly string[]): readonly string[] {
  const at = argv.indexOf("--succeed");
  return at === -1 ? argv : argv.toSpliced(at, 2);
}

import { uptime } from "node:os";

/** Milliseconds since the machine was started, finer than a second; sleep counts where it is known. */
export function bootedMs(): number {
  return uptime() * 1000;
}

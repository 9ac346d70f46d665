import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { environment } from "./environment.ts";

/** A program of the demo that runs beside it and tells what it did. */
export interface Worker<Report> {
  /** Resolves when it has sent its first number. */
  readonly begun: Promise<void>;
  /** Asks it to end. */
  stop(): void;
  /** Its last word; rejects when it ended without one or with another status than 0. */
  readonly report: Promise<Report>;
}

const running = new Set<ChildProcess>();

/** Ends every worker that still runs. */
export function killWorkers(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** Starts `programs/NAME.js`; `onProgress` gets every number that it sends meanwhile. */
export function startWorker<Report>(
  name: string,
  home: string,
  args: readonly string[],
  onProgress: (count: number) => void = () => {},
): Worker<Report> {
  const program = fileURLToPath(new URL(`programs/${name}.js`, import.meta.url));
  const child = fork(program, args, { env: environment(home) });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return {
    begun: new Promise((resolve) => {
      child.on("message", () => resolve());
    }),
    stop: () => {
      if (child.connected) child.send("stop");
    },
    report: reportOf<Report>(child, name, onProgress),
  };
}

function reportOf<Report>(
  child: ChildProcess,
  name: string,
  onProgress: (count: number) => void,
): Promise<Report> {
  return new Promise((resolve, reject) => {
    let report: { readonly value: Report } | undefined;
    child.on("message", (message) => {
      if (typeof message === "number") onProgress(message);
      else report = { value: message as Report };
    });
    child.on("error", reject);
    child.on("exit", (status, signal) => {
      if (status === 0 && report !== undefined) resolve(report.value);
      else reject(new Error(`${name} ended with ${signal ?? status}`));
    });
  });
}

/** In a worker: aborted when it is asked to stop, or when whoever started it is gone. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  process.on("message", (message) => {
    if (message === "stop") controller.abort();
  });
  process.on("disconnect", () => controller.abort());
  return controller.signal;
}

/** In a worker: a number on the way, anything else as the last word. */
export function tell(message: unknown): void {
  process.send?.(message);
}

/** In a worker: lets go of the channel, so that it ends when its work has ended. */
export function leave(message: unknown): void {
  process.send?.(message, undefined, {}, () => process.disconnect());
}

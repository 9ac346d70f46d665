import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { environment } from "../processes.ts";
import type { HistoryEvent } from "./event.ts";

const PROGRAM = fileURLToPath(new URL("../history-process.ts", import.meta.url));

/** What some clients of a history have to do. */
export interface WorkerTask {
  readonly seed: number;
  readonly home: string;
  /** The numbers of the clients. */
  readonly clients: readonly number[];
  readonly names: readonly string[];
  /** How many requests each of them has answered. */
  readonly operations: number;
  /** Where the history's time begins, as a text of `process.hrtime.bigint()`. */
  readonly origin: string;
}

/** What a worker says. */
export type WorkerReport =
  | { readonly answered: number }
  | { readonly events: readonly HistoryEvent[] }
  | { readonly ready: true };

/** A process with clients in it; serves one history after the other. */
export class HistoryWorker {
  readonly child: ChildProcess;
  readonly #ended: Promise<never>;

  private constructor(child: ChildProcess) {
    this.child = child;
    this.#ended = once(child, "exit").then(([status, signal]) => {
      throw new Error(`a worker ended with ${String(status ?? signal)}`);
    });
    this.#ended.catch(() => undefined);
  }

  static async start(home: string): Promise<HistoryWorker> {
    const worker = new HistoryWorker(
      fork(PROGRAM, [], {
        env: environment(home),
        execArgv: ["--conditions=strongroom-source", "--import=tsx"],
      }),
    );
    await Promise.race([once(worker.child, "message"), worker.#ended]);
    return worker;
  }

  /** Runs its clients to their end and resolves with what they recorded. */
  async run(task: WorkerTask, answered: (more: number) => void): Promise<readonly HistoryEvent[]> {
    let listener: (report: WorkerReport) => void = () => undefined;
    const recorded = new Promise<readonly HistoryEvent[]>((resolve) => {
      listener = (report) => {
        if ("answered" in report) answered(report.answered);
        if ("events" in report) resolve(report.events);
      };
    });
    this.child.on("message", listener);
    try {
      this.child.send(task);
      return await Promise.race([recorded, this.#ended]);
    } finally {
      this.child.off("message", listener);
    }
  }
}

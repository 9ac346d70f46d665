import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "@strongroom/client";
import { discard, pause, startDaemon, startSlowDaemon, temporaryHome } from "../processes.ts";
import { seededRandom } from "../random.ts";
import type { HistoryEvent } from "./event.ts";
import { Recorder } from "./recorder.ts";
import { HistoryWorker } from "./worker.ts";

/** What happens in a history. */
export interface Plan {
  readonly seed: number;
  readonly clients: number;
  /** How many requests each client has answered. */
  readonly operations: number;
  /** Whether the daemon is killed somewhere in the middle and started again. */
  readonly kill: boolean;
  /** Who is stopped for a while. */
  readonly stop: "client" | "daemon" | undefined;
}

/** What is done to the processes of a history while it is recorded. */
interface Disturbance {
  readonly count: (more: number) => void;
  /** Rejects when something could not be done. */
  readonly failure: Promise<never>;
  readonly settled: () => Promise<void>;
}

type StartDaemon = (home: string) => Promise<ChildProcess>;

const NAMES = ["a", "b", "c", "d", "e", "f"];
const WORKERS = 4;
/** So many histories share a vault; the memory of request ids makes it slower to open. */
const SHARE = 25;

/** A daemon and processes with clients; both serve one history after the other. */
export class Rig {
  readonly #workers: readonly HistoryWorker[];
  readonly #start: StartDaemon;
  #home: string;
  #daemon: ChildProcess;
  #recorded = 0;

  private constructor(
    home: string,
    daemon: ChildProcess,
    workers: readonly HistoryWorker[],
    start: StartDaemon,
  ) {
    this.#home = home;
    this.#daemon = daemon;
    this.#workers = workers;
    this.#start = start;
  }

  /** With `syncMs`, each fdatasync of the daemon takes so many milliseconds longer. */
  static async start(syncMs?: number): Promise<Rig> {
    const home = temporaryHome();
    const start: StartDaemon = (which) =>
      syncMs === undefined ? startDaemon(which) : startSlowDaemon(which, syncMs);
    const daemon = await start(home);
    const workers = Array.from({ length: WORKERS }, () => HistoryWorker.start(home));
    return new Rig(home, daemon, await Promise.all(workers), start);
  }

  /** Records one history on names of its own. It begins and ends with a read of all of them. */
  async record(plan: Plan): Promise<HistoryEvent[]> {
    if (this.#recorded > 0 && this.#recorded % SHARE === 0) await this.#renew();
    this.#recorded += 1;
    const names = NAMES.map((name) => `history/${this.#recorded}/${name}`);
    const origin = process.hrtime.bigint();
    const observer = new Recorder(origin);
    await this.#observe(observer, plan, names);
    const disturbance = this.#disturb(plan);
    const { seed, clients, operations } = plan;
    const numbers = Array.from({ length: clients }, (_, client) => client);
    const work = this.#workers.map((worker, index) => {
      const own = numbers.filter((client) => client % WORKERS === index);
      const place = { seed, home: this.#home, names, origin: `${origin}` };
      return worker.run({ ...place, clients: own, operations }, disturbance.count);
    });
    const recorded = await Promise.race([Promise.all(work), disturbance.failure]);
    await disturbance.settled();
    await this.#observe(observer, plan, names);
    return [...observer.events, ...recorded.flat()];
  }

  async close(): Promise<void> {
    for (const { child } of this.#workers) child.kill("SIGKILL");
    await discard(this.#home);
  }

  async #observe(recorder: Recorder, { clients }: Plan, names: readonly string[]): Promise<void> {
    const sdk = await connect({ home: this.#home, autostart: false, timeout: "30s" });
    const n = recorder.events.length;
    const told = await recorder.ask(sdk, clients, n, { method: "vault/read", params: { names } });
    sdk.close();
    if (told instanceof Error) throw told;
  }

  /** Counts answers, and kills and stops where the plan says: somewhere in the middle. */
  #disturb({ seed, clients, operations, kill, stop }: Plan): Disturbance {
    const random = seededRandom(seed);
    const middle = (): number => clients * operations * (0.1 + 0.8 * random());
    const killAt = kill ? middle() : Infinity;
    const stopAt = stop === undefined ? Infinity : middle();
    const under: Promise<void>[] = [];
    let fail: (error: unknown) => void = () => undefined;
    const failure = new Promise<never>((_, reject) => {
      fail = reject;
    });
    failure.catch(() => undefined);
    const begin = (what: Promise<void>): void => {
      what.catch(fail);
      under.push(what);
    };
    let answered = 0;
    const count = (more: number): void => {
      const before = answered;
      answered += more;
      if (before < killAt && answered >= killAt) begin(this.#kill(random));
      if (before < stopAt && answered >= stopAt) begin(this.#stop(stop, random));
    };
    return { count, failure, settled: async () => void (await Promise.all(under)) };
  }

  async #kill(random: () => number): Promise<void> {
    await pause(5 * random());
    const gone = once(this.#daemon, "exit");
    this.#daemon.kill("SIGKILL");
    await gone;
    this.#daemon = await this.#start(this.#home);
  }

  async #stop(stop: Plan["stop"], random: () => number): Promise<void> {
    const worker = this.#workers[Math.floor(random() * WORKERS)]!;
    const child = stop === "daemon" ? this.#daemon : worker.child;
    child.kill("SIGSTOP");
    await pause(20 + 200 * random());
    child.kill("SIGCONT");
  }

  async #renew(): Promise<void> {
    await discard(this.#home);
    this.#home = temporaryHome();
    this.#daemon = await this.#start(this.#home);
  }
}

import { fileURLToPath } from "node:url";
import { quantile } from "./numbers.mjs";

const PROGRAM = fileURLToPath(new URL("../load/program.mjs", import.meta.url));

/**
 * Client processes that wait for work. The same ones work for every peer, so that a round of one
 * and a round of another differ in nothing but the peer.
 */
export class Crowd {
  #world;
  #members;

  constructor(world, processes) {
    this.#world = world;
    this.#members = Array.from({ length: processes }, (_, index) => new Member(world, index));
  }

  /** Lets every process have up to `clients` connections to a peer, under a name for `run`. */
  async open(target, peer, where, clients = 1) {
    const each = Math.ceil(clients / this.#members.length);
    await this.#all({ command: "open", target, peer, where, clients: each });
  }

  /**
   * `clients` connections, spread over the processes, do one `operation` after another for `ms`.
   * Resolves with the operations per second and, in milliseconds, the p50, p99 and maximum.
   */
  async run(target, operation, { clients = 1, ms, options = {} }) {
    const shares = this.#members.map((_, index) => share(clients, this.#members.length, index));
    const results = await Promise.all(
      this.#members.flatMap((member, index) =>
        shares[index] === 0
          ? []
          : [
              member.ask({
                command: "run",
                target,
                operation,
                clients: shares[index],
                ms,
                options,
              }),
            ],
      ),
    );
    const times = results.flatMap(({ times: own }) => own);
    return {
      count: results.reduce((sum, { count }) => sum + count, 0),
      perSecond: results.reduce((sum, { count, took }) => sum + (count * 1000) / took, 0),
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      max: times.reduce((most, time) => Math.max(most, time), 0),
    };
  }

  /**
   * Does so many operations before anything is measured: a program that is compiled while it runs
   * has to have run, and on a busy machine that takes longer. Gives up after `most` milliseconds.
   */
  async warmUp(target, operation, { clients, operations, most, options }) {
    const end = performance.now() + most;
    let done = 0;
    while (done < operations && performance.now() < end) {
      done += (await this.run(target, operation, { clients, ms: 250, options })).count;
    }
  }

  /** Ends the processes. */
  async end() {
    await Promise.all(this.#members.map(({ child }) => this.#world.stop(child, "SIGKILL")));
  }

  #all(message) {
    return Promise.all(this.#members.map((member) => member.ask(message)));
  }
}

class Member {
  child;
  #waiting = [];

  constructor(world, index) {
    this.child = world.spawn(process.execPath, [PROGRAM, String(index)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      serialization: "advanced",
    });
    this.child.on("message", ({ result, error }) => {
      const { resolve, reject } = this.#waiting.shift();
      if (error === undefined) resolve(result);
      else reject(new Error(`a client process: ${error}`));
    });
    void this.child.ended.then((how) => {
      for (const { reject } of this.#waiting) reject(new Error(`a client process ended: ${how}`));
    });
  }

  ask(message) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.child.send(message);
    });
  }
}

function share(clients, processes, index) {
  return Math.floor(clients / processes) + (index < clients % processes ? 1 : 0);
}

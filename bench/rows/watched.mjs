import { fileURLToPath } from "node:url";
import { quantile } from "../support/numbers.mjs";
import { figure, interleave } from "../support/rounds.mjs";
import { startVault } from "../support/vault.mjs";

const WATCHER = fileURLToPath(new URL("../../test/support/programs/watcher.mjs", import.meta.url));

/** What those who watch feel of another one that stands still. */
export const watched = {
  name: "watched",
  about: "events beside a watcher that stands still",
  async run({ world, size, progress, late }) {
    const vault = await startVault(world);
    const env = { ...world.env, STRONGROOM_HOME: vault.home };
    const other = world.spawn(process.execPath, [WATCHER], {
      env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    other.stdout.resume();
    const ears = [1, 2, 3].map(() => new Ear(vault.client));
    await Promise.all(ears.map((ear) => ear.ready));
    const ms = size(2000, 500);
    const p99 = async () => {
      const times = [];
      for (const until = performance.now() + ms; performance.now() < until;) {
        const begin = performance.now();
        const { revision } = await vault.client.set("watched", String(begin));
        await Promise.all(ears.map((ear) => ear.hears(revision)));
        times.push(performance.now() - begin);
      }
      return quantile(times, 0.99);
    };
    await p99();
    const figures = await interleave(
      size(9, 3),
      {
        floor: p99,
        ours: async () => {
          other.kill("SIGSTOP");
          const measured = await p99();
          other.kill("SIGCONT");
          return measured;
        },
      },
      { progress, late },
    );
    for (const ear of ears) ear.leave();
    await world.stop(other);
    await vault.stop();
    return [
      figure({
        ...figures,
        id: "watched",
        what: "a change until three watchers have heard of it, p99, beside a fourth that stands still",
        beside: "the same while it does not",
        unit: "ms",
        kind: "ratio",
        better: "less",
        aim: 1,
        accepted: 1.2,
      }),
    ];
  },
};

/** A watch that says when it has heard of a revision. */
class Ear {
  #heard = 0;
  #wake = () => {};
  #leaving = new AbortController();
  ready;

  constructor(client) {
    this.ready = client.set("watched", "begin").then(({ revision }) => {
      void this.#listen(client, revision - 1);
      return this.hears(revision);
    });
  }

  async hears(revision) {
    while (this.#heard < revision) await new Promise((resolve) => (this.#wake = resolve));
  }

  leave() {
    this.#leaving.abort();
  }

  async #listen(client, since) {
    const options = { since, signal: this.#leaving.signal };
    try {
      for await (const event of client.watch("watched", options)) {
        this.#heard = event.revision;
        this.#wake();
      }
    } catch (error) {
      if (!this.#leaving.signal.aborted) throw error;
    }
  }
}

import { randomBytes } from "node:crypto";

const PERIOD_MS = 1;

/** What a connection can be made to do until a moment; each resolves with how often it did. */
export const OPERATIONS = {
  get(connection, { until, times, name = "kept/1" }) {
    return repeat(until, times, () => connection.get(name));
  },
  /** One name is read, changed and written, by however many do so at once. */
  increment(connection, { until, times, self, name, own = false }) {
    const counter = own ? `${name}/${self}` : name;
    return repeat(until, times, () => connection.increment(counter));
  },
  /** Once, to have something to read. */
  async put(connection, { name, value }) {
    await connection.set(name, value);
    return 1;
  },
  /**
   * Names in turn get a value that was never there before: some stores write nothing when it is
   * the same.
   */
  set(connection, { until, times, self, prefix = `load/${self}/`, names = 16 }) {
    const start = `sk_live_${randomBytes(12).toString("hex")}`;
    return repeat(until, times, (n) =>
      // A prime, so that neighbours do not follow each other.
      connection.set(`${prefix}${(n * 7919) % names}`, start + String(n).padStart(8, "0")),
    );
  },
  /**
   * A `get` each millisecond, whether the earlier ones are answered or not. What is timed is the
   * answer, or with `gaps` what passes between one answer and the next.
   */
  async stream(connection, { until, times, name = "kept/1", gaps = false }) {
    const waiting = [];
    let last = performance.now();
    const one = async () => {
      const begin = performance.now();
      await connection.get(name);
      const now = performance.now();
      times.push(now - (gaps ? last : begin));
      last = now;
    };
    await new Promise((resolve) => {
      const timer = setInterval(() => {
        const asked = one();
        // What was refused is told when all of them are gathered.
        asked.catch(() => {});
        waiting.push(asked);
        if (performance.now() < until) return;
        clearInterval(timer);
        resolve();
      }, PERIOD_MS);
    });
    await Promise.all(waiting);
    return waiting.length;
  },
  /** The number that a counter stands at, instead of how often. */
  async value(connection, { name }) {
    return Number(await connection.get(name));
  },
};

async function repeat(until, times, once) {
  let count = 0;
  let before = performance.now();
  while (before < until) {
    await once(count);
    const now = performance.now();
    times.push(now - before);
    before = now;
    count += 1;
  }
  return count;
}

import { randomBytes } from "node:crypto";

/** How many names each connection writes in turn. */
const NAMES = 16;

/** What a connection can be made to do until a moment; each resolves with how often it did. */
export const OPERATIONS = {
  async get(connection, { until, times, name = "kept/1" }) {
    return repeat(until, times, () => connection.get(name));
  },
  /** One name is read, changed and written, by however many do so at once. */
  async increment(connection, { until, times, name, own = false, self }) {
    const counter = own ? `${name}/${self}` : name;
    return repeat(until, times, () => connection.increment(counter));
  },
  /** Once, to have something to read. */
  async put(connection, { name, value }) {
    await connection.set(name, value);
    return 1;
  },
  /** A value that was never there before: some stores write nothing when it is the same. */
  async set(connection, { until, times, self }) {
    const start = randomBytes(12).toString("hex");
    return repeat(until, times, (n) =>
      connection.set(`load/${self}/${n % NAMES}`, `sk_live_${start}${String(n).padStart(8, "0")}`),
    );
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

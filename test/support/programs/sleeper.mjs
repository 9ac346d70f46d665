// sleeper.mjs TTL: takes the lease, says so, and for each line of its input changes a value under it.
import { createInterface } from "node:readline";
import { connect } from "@strongroom/client";

const [ttl] = process.argv.slice(2);
const client = await connect({ timeout: "60s" });
await client.withLease(
  "job",
  async (lease) => {
    process.stdout.write(`${lease.token}\n`);
    for await (const _ of createInterface({ input: process.stdin })) {
      const outcome = await client.set("value", "stale", { lease }).then(
        () => "done",
        (error) => error.code,
      );
      process.stdout.write(`${JSON.stringify([outcome, lease.signal.aborted])}\n`);
    }
  },
  { ttl: Number(ttl) },
);
client.close();

// pairs.mjs ID: writes (a, b) = (n, n) in one batch, again and again, until its input ends.
import { connect } from "@strongroom/client";

const [id] = process.argv.slice(2);
let running = true;
process.stdin.resume().once("end", () => (running = false));
const client = await connect({ timeout: "60s" });
let n = 0;
for (; running; n += 1) {
  const value = `${id}:${n}`;
  await client.batch([
    { op: "set", name: "pair/a", value },
    { op: "set", name: "pair/b", value },
  ]);
}
client.close();
process.stdout.write(`${JSON.stringify({ batches: n })}\n`);

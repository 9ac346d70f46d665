import { connect } from "@strongroom/client";

// Stores one secret, reads it ten times, and prints its name, its version and how often it was so.
const [name] = process.argv.slice(2);
const client = await connect({ autostart: false, timeout: "60s" });
const { version } = await client.set(name, `value of ${name}`);
let right = 0;
for (let reads = 0; reads < 10; reads += 1) {
  const secret = await client.get(name);
  if (secret.text() === `value of ${name}`) right += 1;
}
client.close();
process.stdout.write(`${name} ${version} ${right}\n`);

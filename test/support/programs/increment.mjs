// increment.mjs NAME COUNT: adds one to a number COUNT times by compare-and-swap.
import { connect } from "@strongroom/client";

const [name, count] = process.argv.slice(2);
const client = await connect({ timeout: "60s" });
for (let n = 0; n < Number(count); n += 1) {
  await client.update(name, (secret) => String(Number(secret?.text() ?? "0") + 1));
}
client.close();

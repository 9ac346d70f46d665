// churn.mjs PAUSE: sets _churn_1 … _churn_5 and pauses, until its input ends.
import { connect } from "@strongroom/client";

const [pauseMs] = process.argv.slice(2);
let running = true;
process.stdin.resume().once("end", () => (running = false));
const client = await connect({ timeout: "60s" });
let n = 0;
while (running) {
  for (let name = 1; name <= 5; name += 1) {
    n += 1;
    try {
      await client.set(`_churn_${name}`, `churn ${n}`);
    } catch (error) {
      if (!["CLOSING", "DURABILITY_UNKNOWN", "TIMEOUT", "UNAVAILABLE"].includes(error.code)) {
        throw error;
      }
    }
  }
  await new Promise((resolve) => setTimeout(resolve, Number(pauseMs)));
}
client.close();
process.stdout.write(`${JSON.stringify({ sets: n })}\n`);

// watcher.mjs: says every event of the vault from its beginning on, a line each. For each line of
// its input it leaves the watch and begins another one behind the last revision that it has heard
// of; at the end of its input it ends.
import { createInterface } from "node:readline";
import { connect } from "@strongroom/client";

let since = 0;
let leaving = new AbortController();
let isEnding = false;
const input = createInterface({ input: process.stdin });
input.on("line", () => leaving.abort());
input.on("close", () => {
  isEnding = true;
  leaving.abort();
});

while (!isEnding) {
  leaving = new AbortController();
  try {
    const client = await connect({ autostart: false, timeout: "5s" });
    try {
      for await (const event of client.watch("**", { since, signal: leaving.signal })) {
        process.stdout.write(`${JSON.stringify(event)}\n`);
        since = event.revision;
      }
    } finally {
      client.close();
    }
  } catch (error) {
    if (leaving.signal.aborted) continue;
    if (error.code !== "UNAVAILABLE") throw error;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
process.exit(0);

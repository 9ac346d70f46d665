// writer.mjs PREFIX NAMES: sets its own names to rising numbers, one after the other, and says
// what it tried and what was acknowledged, until its standard input ends. A daemon that is not
// there is waited for; an unknown outcome counts as tried.
import { connect } from "@strongroom/client";

const [prefix, names] = process.argv.slice(2);
let running = true;
process.stdin.resume().once("end", () => (running = false));
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let client;
for (let n = 1; running; n += 1) {
  const name = `${prefix}/${n % Number(names)}`;
  try {
    client ??= await connect({ autostart: false, timeout: "5s" });
    say({ tried: name, n });
    const { version, revision } = await client.set(name, `${prefix}:${n}`);
    say({ acknowledged: name, n, version, revision });
  } catch (error) {
    say({ refused: error.code, message: error.message });
    if (client === undefined || error.code === "UNAVAILABLE") await pause(20);
  }
}
client?.close();

// leaseholder.mjs FOLDER SECTIONS: so many sections under one lease, of which no two may overlap.
import { linkSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@strongroom/client";

const [folder, sections] = process.argv.slice(2);
const place = join(folder, "inside");
const own = join(folder, `${process.pid}.pid`);
const client = await connect({ timeout: "60s" });
for (let n = 0; n < Number(sections); n += 1) {
  await client.withLease(
    "job",
    async (lease) => {
      enter();
      const now = Number((await client.get("counter")).text());
      await client.set("counter", String(now + 1), { lease });
      process.stdout.write(`${now + 1}\n`);
      unlinkSync(place);
    },
    { ttl: 10_000, timeout: 120_000 },
  );
}
client.close();

/** Whoever is there already must be gone: that it was killed there is no fault. */
function enter() {
  writeFileSync(own, String(process.pid));
  for (;;) {
    try {
      linkSync(own, place);
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const other = Number(readFileSync(place, "utf8"));
    if (isAlive(other)) throw new Error(`process ${other} is inside, too`);
    unlinkSync(place);
  }
}

function isAlive(pid) {
  try {
    // A killed process whose parent has not heard of it yet is there, and dead.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}

// leaseholder.mjs FOLDER SECTIONS: so many sections under one lease, of which no two may overlap.
import { linkSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@strongroom/client";

const [folder, sections] = process.argv.slice(2);
const place = join(folder, "inside");
const own = join(folder, `${process.pid}.pid`);
/** PF_EXITING of the kernel. */
const EXITING = 4;
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

/** One that is ending has closed its files already, and may be seen for a while. */
function isAlive(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, , , , , , flags] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return !/[ZX]/.test(state) && (Number(flags) & EXITING) === 0;
  } catch {
    return false;
  }
}

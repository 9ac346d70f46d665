// How long a `get` takes while every fdatasync and fsync takes 50 ms more, beside two writers.
//   node bench/get-slow-disk.mjs [gets] [extra ms]
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect } from "../packages/client/dist/index.js";
import { quantile, withVault } from "./support.mjs";

const gets = Number(process.argv[2] ?? 4000);
const extra = process.argv[3] ?? "50";

if (process.platform !== "linux") {
  console.log("skipped: the slow disk is made by LD_PRELOAD, which is Linux only");
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "strongroom-slow-"));
const shim = join(folder, "slow.so");
try {
  const source = fileURLToPath(new URL("slow-sync.c", import.meta.url));
  execFileSync("cc", ["-shared", "-fPIC", "-O2", "-o", shim, source, "-ldl"]);
} catch {
  console.log("skipped: no C compiler (cc) to make the slow disk with");
  process.exit(0);
}

await withVault(
  async ({ home }) => {
    const reader = await connect({ home });
    await reader.set("read/me", "the value");
    let writing = true;
    const waits = [];
    const writers = ["a", "b"].map(async (name) => {
      const client = await connect({ home });
      for (let n = 0; writing; n += 1) {
        const begin = performance.now();
        await client.set(`written/${name}`, `value ${n}`);
        waits.push(performance.now() - begin);
      }
      client.close();
    });
    const times = [];
    for (let n = 0; n < gets; n += 1) {
      const begin = performance.now();
      await reader.get("read/me");
      times.push(performance.now() - begin);
      // A pause every few gets, so that they meet every phase of the writers' syncs.
      if (n % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    writing = false;
    await Promise.all(writers);
    reader.close();
    const p99 = quantile(times, 0.99);
    console.log(`gets           ${gets}, beside ${waits.length} sets`);
    console.log(`set p50        ${quantile(waits, 0.5).toFixed(1)} ms`);
    console.log(`get p50        ${quantile(times, 0.5).toFixed(3)} ms`);
    console.log(`get p99        ${p99.toFixed(3)} ms (accepted 5, aim 1)`);
    console.log(`get max        ${Math.max(...times).toFixed(3)} ms`);
    if (quantile(waits, 0.5) < Number(extra)) throw new Error("the syncs were not slowed");
    process.exitCode = p99 < 5 ? 0 : 1;
  },
  { LD_PRELOAD: shim, STRONGROOM_SLOW_SYNC_MS: extra },
).finally(() => rmSync(folder, { recursive: true, force: true }));

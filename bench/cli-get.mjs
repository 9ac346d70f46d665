// What one `strongroom get` costs over Node itself: interleaved pairs, medians.
//   node bench/cli-get.mjs [pairs]
import { spawnSync } from "node:child_process";
import { median, withVault } from "./support.mjs";

const pairs = Number(process.argv[2] ?? 40);

await withVault(async ({ cli, env, run }) => {
  run(["set", "bench/token"], "the value");
  const time = (args) => {
    const begin = process.hrtime.bigint();
    const { status } = spawnSync(process.execPath, args, {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const took = Number(process.hrtime.bigint() - begin) / 1e6;
    if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}`);
    return took;
  };
  const floor = [];
  const get = [];
  for (let pair = -3; pair < pairs; pair += 1) {
    const bare = time(["-e", "0"]);
    const whole = time([cli, "get", "bench/token"]);
    if (pair < 0) continue;
    floor.push(bare);
    get.push(whole);
  }
  const over = median(get) - median(floor);
  console.log(`pairs              ${pairs}`);
  console.log(`node -e 0, median  ${median(floor).toFixed(2)} ms`);
  console.log(`get, median        ${median(get).toFixed(2)} ms`);
  console.log(`get over node      ${over.toFixed(2)} ms (accepted 7, aim 4)`);
  process.exitCode = over <= 7 ? 0 : 1;
});

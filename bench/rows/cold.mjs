import { setTimeout as pause } from "node:timers/promises";
import { figure, interleave } from "../support/rounds.mjs";
import { CLI, runCli } from "../support/vault.mjs";
import { timeNode } from "../support/whole-process.mjs";

const HOMES = 6;
const PATIENT = ["--timeout", "60s"];
const VALUE = "the value";
/** For that long after a start no client starts another daemon on the same home, in milliseconds. */
const CLAIM_MS = 2100;

/** How long the first answer takes when no daemon runs, over the two Node starts that it needs. */
export const cold = {
  name: "cold",
  about: "the first `get` when no daemon runs, over two starts of Node",
  async run({ world, size, progress, late }) {
    const homes = Array.from({ length: HOMES }, () => ({ home: world.folder("home"), at: 0 }));
    for (const one of homes) {
      must(world, one, ["set", "bench/token", ...PATIENT], VALUE);
      stop(world, one);
    }
    let turn = 0;
    const first = async () => {
      const one = homes[turn % HOMES];
      turn += 1;
      await pause(Math.max(0, one.at + CLAIM_MS - performance.now()));
      const env = { ...world.env, STRONGROOM_HOME: one.home };
      const took = timeNode([CLI, "get", "bench/token"], env, VALUE);
      stop(world, one);
      return took;
    };
    const twoStarts = () =>
      Promise.resolve(timeNode(["-e", "0"], world.env) + timeNode(["-e", "0"], world.env));
    const sides = { ours: first, floor: twoStarts };
    await interleave(1, sides);
    const results = await interleave(size(12, 5), sides, { progress, late });
    return [
      figure({
        ...results,
        id: "cold-get",
        what: "no daemon to the first answer",
        beside: "two Node starts",
        unit: "ms",
        kind: "difference",
        better: "less",
        aim: 60,
        accepted: 180,
      }),
    ];
  },
};

function stop(world, one) {
  one.at = performance.now();
  must(world, one, ["daemon", "stop", ...PATIENT]);
}

function must(world, { home }, args, input) {
  const { status, stderr } = runCli(world, home, args, input);
  if (status !== 0) throw new Error(`strongroom ${args.join(" ")} ended with ${status}: ${stderr}`);
}

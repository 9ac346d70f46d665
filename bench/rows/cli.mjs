import { median } from "../support/numbers.mjs";
import { figure } from "../support/rounds.mjs";
import { CLI, startVault } from "../support/vault.mjs";
import { timeNode } from "../support/whole-process.mjs";

const PAIRS = 8;
const VALUE = "the value";

/** What one `strongroom get` costs over Node itself. */
export const cli = {
  name: "cli",
  about: "the command `strongroom get` over `node -e 0`",
  async run({ world, size, progress, late }) {
    const vault = await startVault(world);
    await vault.client.set("bench/token", VALUE);
    const env = { ...world.env, STRONGROOM_HOME: vault.home };
    const results = { ours: [], floor: [] };
    const rounds = size(9, 4);
    for (let round = 0; round <= rounds; round += 1) {
      if (round > 1 && late()) break;
      if (round > 0) progress(`round ${round} of ${rounds}`);
      const bare = [];
      const whole = [];
      for (let pair = 0; pair < PAIRS; pair += 1) {
        bare.push(timeNode(["-e", "0"], env));
        whole.push(timeNode([CLI, "get", "bench/token"], env, VALUE));
      }
      if (round === 0) continue;
      results.floor.push(median(bare));
      results.ours.push(median(whole));
    }
    await vault.stop();
    return [
      figure({
        ...results,
        id: "cli-get",
        what: "the command `get`, whole process",
        beside: "`node -e 0`",
        unit: "ms",
        kind: "difference",
        better: "less",
        aim: 4,
        accepted: 7,
        note: `a round is the medians of ${PAIRS} alternating pairs; NODE_* unset`,
      }),
    ];
  },
};

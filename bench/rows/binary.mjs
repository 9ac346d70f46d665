import { existsSync, readFileSync, statSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { missing } from "../peers/available.mjs";
import { makePass } from "../peers/pass.mjs";
import { LOOKUP, startKeyring } from "../peers/secret-tool.mjs";
import { median } from "../support/numbers.mjs";
import { figure } from "../support/rounds.mjs";
import { CLI, startVault } from "../support/vault.mjs";
import { timeProgram } from "../support/whole-process.mjs";

const RUNS = 8;
const NAME = "bench/token";
const VALUE = "the value";

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const { version } = JSON.parse(readFileSync(at("packages/cli/package.json"), "utf8"));
const BINARY = at(`release/strongroom-${version}-linux-${process.arch}`);

const GET = "the single file's `get`, whole process";
const START = "the single file's `--version`, whole process";
const FIGURES = [
  {
    what: GET,
    side: "get",
    peer: "secret-tool",
    beside: "`secret-tool lookup`",
    aim: 1,
    accepted: 3,
  },
  { what: GET, side: "get", peer: "pass", beside: "`pass show`", aim: 0.5, accepted: 1 },
  { what: GET, side: "get", peer: "node", beside: "`node -e 0`", aim: 0.5, accepted: 1 },
  {
    what: GET,
    side: "get",
    peer: "cli",
    beside: "`get` of the npm package",
    aim: 0.5,
    accepted: 1,
  },
  { what: START, side: "start", peer: "node", beside: "`node -e 0`", aim: 0.7, accepted: 1.5 },
];

/** What the single file takes beside what people use for the same, all in turns. */
export const binary = {
  name: "binary",
  about: "`get` of the single file beside `secret-tool`, `pass` and `node -e 0`",
  async run({ world, size, progress, late }) {
    if (!existsSync(BINARY)) {
      const why = "there is no single file: npm run binary";
      return FIGURES.map((each) => compared(each, { [each.side]: [] }, why));
    }
    const sides = { ...(await ours(world)), ...(await theirs(world)) };
    // The first round only warms up.
    inTurns(sides);
    const results = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
    const rounds = size(9, 4);
    for (let round = 1; round <= rounds; round += 1) {
      if (round > 1 && late()) break;
      progress(`round ${round} of ${rounds}`);
      for (const [side, took] of Object.entries(inTurns(sides))) results[side].push(took);
    }
    return FIGURES.map((each) => compared(each, results, WHY_NOT[each.peer]?.()));
  },
};

const WHY_NOT = { pass: () => missing("pass"), "secret-tool": () => missing("secret-tool") };

/** The single file with a daemon that it started itself, the npm package with its own, and Node. */
async function ours(world) {
  const vault = await startVault(world);
  await vault.client.set(NAME, VALUE);
  const env = { ...world.env, STRONGROOM_HOME: vault.home };
  const alone = { ...world.env, STRONGROOM_HOME: world.folder("single") };
  const { status, stderr } = spawnSync(BINARY, ["set", NAME], {
    env: alone,
    input: VALUE,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the single file's set ended with ${status}: ${stderr}`);
  return {
    get: () => timeProgram(BINARY, ["get", NAME], alone, VALUE),
    start: () => timeProgram(BINARY, ["--version"], alone, `strongroom ${version}`),
    cli: () => timeProgram(process.execPath, [CLI, "get", NAME], env, VALUE),
    node: () => timeProgram(process.execPath, ["-e", "0"], env),
  };
}

/** The peers that are here. */
async function theirs(world) {
  const sides = {};
  if (missing("secret-tool") === undefined) {
    const { env } = await startKeyring(world, VALUE);
    sides["secret-tool"] = () => timeProgram("secret-tool", LOOKUP, env, VALUE);
  }
  if (missing("pass") === undefined) {
    const { env } = makePass(world, NAME, VALUE);
    sides.pass = () => timeProgram("pass", ["show", NAME], env, VALUE);
  }
  return sides;
}

/** The median of some runs of each side, one of each after another. */
function inTurns(sides) {
  const names = Object.keys(sides);
  const turns = Array.from({ length: RUNS }, () => names.map((side) => sides[side]()));
  return Object.fromEntries(names.map((side, n) => [side, median(turns.map((turn) => turn[n]))]));
}

function compared({ side, peer, ...shown }, results, why) {
  const megabytes = existsSync(BINARY) ? (statSync(BINARY).size / 1e6).toFixed(0) : undefined;
  return figure({
    ...shown,
    id: `binary-${side}-${peer}`,
    ours: results[side],
    floor: results[peer],
    missing: why,
    unit: "ms",
    kind: "ratio",
    better: "less",
    note: `a round is the median of ${RUNS} runs; NODE_* unset${megabytes ? `; the file has ${megabytes} MB` : ""}`,
  });
}

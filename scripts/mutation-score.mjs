// Which of the faults that rules make of storage, turn and guard the tests see:
// mutation-score.mjs [--sample 60] [--seed 1]. A fault that does not compile does not count. The
// test file that mirrors the source is asked first, then those of its room, of the daemon, and the
// slow ones last. Tests that hang are red: none gets twice as long as all took without a fault.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { mutationsOf, sampled } from "./mutation.mjs";
import { ROOT, seconds } from "./process.mjs";
import { makeScratch } from "./scratch.mjs";
import { setup } from "./setup.mjs";

const ROOMS = ["storage", "turn", "guard"];
const TESTS = "test/daemon";
const SLOW =
  "guard/start storage/damage storage/faults turn/crash turn/crash-property turn/damage turn/model"
    .split(" ")
    .map((name) => `${TESTS}/${name}.test.ts`);
const WHOLE = ["test/system/ownership.test.ts", "test/system/lifecycle.test.ts"];
const LEAST = 0.85;
const LONGEST_MS = 1_800_000;
const { values } = parseArgs({
  options: {
    sample: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
  },
});

await setup();
const all = ROOMS.flatMap((room) => faultsIn(room));
const chosen = sampled(all, Number(values.sample), Number(values.seed));
const folder = mkdtempSync(join(tmpdir(), "strongroom-mutation-"));
const leave = () => rmSync(folder, { recursive: true, force: true });
process.once("SIGINT", () => {
  leave();
  process.exit(130);
});
const counts = { killed: 0, survived: 0, invalid: 0 };
const survivors = [];
try {
  const scratch = await makeScratch(join(folder, "0"));
  // Where they are red anyway, every fault would count as seen; where they are slow, many would.
  const began = performance.now();
  const sound = await scratch.passes([TESTS], { limitMs: LONGEST_MS, quiet: false });
  if (!sound) throw new Error(`${TESTS}: red without a fault`);
  const limitMs = 2 * (performance.now() - began);
  print(`all pass without a fault in ${seconds(began)}`);
  for (const [index, fault] of chosen.entries()) {
    const start = performance.now();
    const verdict = await judge(scratch, fault, limitMs);
    counts[verdict] += 1;
    if (verdict === "survived") survivors.push(fault);
    const place = `${fault.file}:${fault.line} (${fault.rule})`;
    print(`${index + 1} of ${chosen.length}: ${verdict} in ${seconds(start)}: ${place}`);
  }
} finally {
  leave();
}
const score = counts.killed / (counts.killed + counts.survived);
print(`${JSON.stringify(counts)} of ${all.length}, seed ${values.seed}`);
for (const { file, line, before, after } of survivors)
  print(`survivor: ${file}:${line}\n  - ${before.trim()}\n  + ${after.trim()}`);
print(`score ${(100 * score).toFixed(1)} %, accepted ${100 * LEAST} %`);
if (!(score >= LEAST)) process.exitCode = 1;

async function judge(scratch, { file, line, after }, limitMs) {
  const restore = scratch.rewrite(file, (source) => source.split("\n").with(line - 1, after));
  try {
    if (!(await scratch.compiles())) return "invalid";
    const mirror = file.replace("packages/daemon/src/", "test/daemon/").replace(".ts", ".test.ts");
    if (scratch.has(mirror) && !(await scratch.passes([mirror], { limitMs }))) return "killed";
    const room = `${TESTS}/${file.split("/").at(-2)}`;
    if (!(await scratch.passes([room], { limitMs, without: SLOW }))) return "killed";
    const others = { limitMs, without: [...SLOW, `${room}/*`] };
    if (!(await scratch.passes([TESTS], others))) return "killed";
    if (!(await scratch.passes(SLOW, { limitMs }))) return "killed";
    // What only whole daemons show.
    if (room !== `${TESTS}/guard`) return "survived";
    await scratch.build();
    return (await scratch.passes(WHOLE, { limitMs })) ? "survived" : "killed";
  } finally {
    restore();
  }
}

function faultsIn(room) {
  const path = `packages/daemon/src/${room}`;
  return readdirSync(join(ROOT, path)).flatMap((name) => {
    const file = `${path}/${name}`;
    return mutationsOf(readFileSync(join(ROOT, file), "utf8")).map((each) => ({ ...each, file }));
  });
}

function print(line) {
  process.stdout.write(`mutation: ${line}\n`);
}

// A mutant is a fault put in on purpose, as one file mutants/NAME.json: `name` says it in a
// sentence; in `file` the text `find`, which stands there exactly once, becomes `replace`; then
// a test of the file `test` whose title contains `title` must turn red. Each runs in a scratch
// copy of the tree: the checkout itself is never touched.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ROOT, seconds } from "./process.mjs";
import { makeScratch } from "./scratch.mjs";
import { setup } from "./setup.mjs";

// Most of a test of processes is waiting.
const PARALLEL = Math.min(8, Math.ceil(1.5 * availableParallelism()));
const FIELDS = ["name", "file", "find", "replace", "test", "title"];

await setup();
const mutants = choose(readMutants(), process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), "strongroom-mutants-"));
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  });
}

const waiting = byTest(mutants);
const survivors = [];
let judged = 0;
try {
  await Promise.all(Array.from({ length: PARALLEL }, (_, index) => work(join(folder, `${index}`))));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
print(`${mutants.length - survivors.length} of ${mutants.length} caught`);
if (survivors.length > 0 || mutants.length === 0) {
  for (const line of survivors) print(`survivor: ${line}`);
  process.exitCode = 1;
}

async function work(path) {
  const scratch = await makeScratch(path);
  for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
    const [{ test, title }] = group;
    const before = await scratch.test(test, group.length === 1 ? title : "");
    for (const mutant of group) {
      const start = performance.now();
      const verdict = redBefore(before, mutant) ?? (await judge(scratch, mutant));
      judged += 1;
      print(`${judged} of ${mutants.length}, ${mutant.id}: ${verdict} in ${seconds(start)}`);
      if (verdict !== "caught") survivors.push(`${mutant.id} (${mutant.name}): ${verdict}`);
    }
    await scratch.build();
  }
}

function byTest(all) {
  const groups = new Map(all.map(({ test }) => [test, []]));
  for (const mutant of all) groups.get(mutant.test).push(mutant);
  return [...groups.values()];
}

function redBefore(before, { test, title }) {
  const [passed, failed] = [before.passed, before.failed].map((names) =>
    names.filter((name) => name.includes(title)),
  );
  if (passed.length === 0 && failed.length === 0)
    return `no test of ${test} has "${title}" in its title`;
  return failed.length > 0 ? `"${title}" is red without the mutant` : undefined;
}

/** Leaves the tree as it was, and what is built with the mutant in it. */
async function judge(scratch, { file, find, replace, test, title }) {
  const restore = scratch.patch(file, find, replace);
  try {
    await scratch.build();
    const { passed, failed } = await scratch.test(test, title);
    if (failed.length > 0) return "caught";
    return passed.length > 0 ? "not caught" : "not judged: the patched tree does not load";
  } finally {
    restore();
  }
}

function readMutants() {
  const names = readdirSync(join(ROOT, "mutants")).filter((name) => name.endsWith(".json"));
  return names.toSorted().map((name) => {
    const mutant = JSON.parse(readFileSync(join(ROOT, "mutants", name), "utf8"));
    const source = FIELDS.every((field) => typeof mutant[field] === "string")
      ? readFileSync(join(ROOT, mutant.file), "utf8")
      : fail(`mutants/${name}: needs the texts ${FIELDS.join(", ")}`);
    const found = source.split(mutant.find).length - 1;
    if (mutant.find.includes("\n")) fail(`mutants/${name}: "find" is more than one line`);
    if (found !== 1)
      fail(`mutants/${name}: "find" stands ${found} times in ${mutant.file}, not once`);
    return { ...mutant, id: basename(name, ".json") };
  });
}

function choose(all, names) {
  const unknown = names.filter((name) => all.every(({ id }) => id !== name));
  if (unknown.length > 0) fail(`no such mutant: ${unknown.join(", ")}`);
  return names.length === 0 ? all : all.filter(({ id }) => names.includes(id));
}

function fail(line) {
  print(line);
  process.exit(1);
}

function print(line) {
  process.stdout.write(`mutants: ${line}\n`);
}

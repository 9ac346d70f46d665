import { cpus, loadavg } from "node:os";
import { exitStatus } from "./report/verdict.mjs";
import { writeReport } from "./report/write.mjs";
import { ROWS } from "./rows/table.mjs";
import { Crowd } from "./support/crowd.mjs";
import { World } from "./support/world.mjs";

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
/** From then on a quick run measures one round of each row. */
const LATE_MS = 45_000;

/**
 * Runs the rows of these names, or all, and reports. Resolves with the exit status: 1 when an
 * accepted figure was missed or a row failed, 2 when there is no row of that name.
 */
export async function run({ names, quick }) {
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`bench: no rows are called ${unknown.join(", ")}; there are:\n`);
    for (const { name, about } of ROWS) process.stderr.write(`  ${name.padEnd(10)} ${about}\n`);
    return 2;
  }
  const begin = performance.now();
  const loadBefore = loadavg();
  const figures = [];
  for (const row of ROWS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    figures.push(...(await runRow(row, { quick, begin })));
  }
  const seconds = (performance.now() - begin) / 1000;
  const machine = `${process.platform} ${process.arch}, ${cpus().length} processors, Node ${process.versions.node}`;
  writeReport({ figures, quick, seconds, loadBefore, loadAfter: loadavg(), machine });
  return exitStatus(figures);
}

async function runRow(row, { quick, begin }) {
  const elapsed = () => performance.now() - begin;
  const progress = (text) => {
    const at = (elapsed() / 1000).toFixed(0).padStart(4);
    process.stderr.write(`bench: ${at} s ${row.name}: ${text}\n`);
  };
  progress(row.about);
  const world = new World();
  const forget = endWith(world);
  try {
    return await row.run({
      world,
      crowd: (processes) => new Crowd(world, processes),
      size: (full, small) => (quick ? small : full),
      late: () => quick && elapsed() > LATE_MS,
      progress,
    });
  } catch (error) {
    progress(`failed: ${error.stack}`);
    return [{ id: row.name, what: row.about, ok: false, failed: error.message }];
  } finally {
    world.end();
    forget();
  }
}

/** Ends a world on every way out of this process, until it is forgotten. */
function endWith(world) {
  const end = () => world.end();
  const handlers = Object.entries(SIGNALS).map(([signal, status]) => [
    signal,
    () => process.exit(status),
  ]);
  process.on("exit", end);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    process.off("exit", end);
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

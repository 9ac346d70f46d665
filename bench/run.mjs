import { cpus, loadavg } from "node:os";
import { writeReport } from "./report/write.mjs";
import { ROWS } from "./rows/table.mjs";
import { Crowd } from "./support/crowd.mjs";
import { World } from "./support/world.mjs";

const TIDY = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Runs the rows of these names, or all, and reports. Resolves with the exit status: 1 when an
 * accepted figure was missed, 2 when there is no row of that name.
 */
export async function run({ names, quick }) {
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`bench: no rows are called ${unknown.join(", ")}; there are:\n`);
    for (const { name, about } of ROWS) process.stderr.write(`  ${name.padEnd(10)} ${about}\n`);
    return 2;
  }
  const world = new World();
  for (const [signal, status] of Object.entries(TIDY)) {
    process.once(signal, () => {
      world.end();
      process.exit(status);
    });
  }
  const begin = performance.now();
  const loadBefore = loadavg();
  const figures = [];
  try {
    for (const row of ROWS.filter(({ name }) => names.length === 0 || names.includes(name))) {
      figures.push(...(await runRow(row, { world, quick, begin })));
    }
  } finally {
    world.end();
  }
  const seconds = (performance.now() - begin) / 1000;
  const machine = `${process.platform} ${process.arch}, ${cpus().length} processors, Node ${process.versions.node}`;
  writeReport({ figures, quick, seconds, loadBefore, loadAfter: loadavg(), machine });
  return figures.some(({ ok }) => ok === false) ? 1 : 0;
}

async function runRow(row, { world, quick, begin }) {
  const progress = (text) => {
    const at = ((performance.now() - begin) / 1000).toFixed(0).padStart(4);
    process.stderr.write(`bench: ${at} s ${row.name}: ${text}\n`);
  };
  progress(row.about);
  return row.run({
    world,
    crowd: (processes) => new Crowd(world, processes),
    quick,
    size: (full, small) => (quick ? small : full),
    progress,
  });
}

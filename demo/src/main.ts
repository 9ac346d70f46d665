import { churn } from "./churn.ts";
import { counter } from "./counter.ts";
import { crash } from "./crash.ts";
import { Playground } from "./home.ts";
import type { TimedRow } from "./outcome.ts";
import { clearProgress, progressOf, table } from "./print.ts";
import { starts } from "./starts.ts";
import { killWorkers } from "./worker.ts";

const ROWS = { a: churn, b: counter, c: starts, d: crash };

// `npm run demo -- b d` runs some of the rows.
const asked = process.argv.slice(2);
const start = performance.now();
const playground = new Playground();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void playground.remove().then(() => process.exit(130)));
}
process.stderr.write(`demo: four ways to lose secrets, in ${playground.folder}; under a minute\n`);

try {
  const rows: TimedRow[] = [];
  for (const [letter, run] of Object.entries(ROWS)) {
    if (asked.length > 0 && !asked.includes(letter)) continue;
    const begun = performance.now();
    const row = await run(playground, progressOf(letter));
    rows.push({ ...row, letter, seconds: (performance.now() - begun) / 1000 });
    clearProgress();
  }
  process.stdout.write(table(rows));
  const lost = rows.reduce((sum, { ours }) => sum + ours.lost, 0);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const verdict = lost === 0 ? "strongroom lost nothing" : `strongroom LOST ${lost}`;
  process.stdout.write(`${verdict}; ${seconds} s, ${process.platform}, Node ${process.version}\n`);
  if (lost > 0) process.exitCode = 1;
} catch (error) {
  clearProgress();
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  killWorkers();
  await playground.remove();
}

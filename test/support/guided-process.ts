import { Coverage } from "./coverage.ts";
import { guide } from "./guided.ts";
import type { Guided } from "./guided.ts";

// Alone in its process, for it counts what runs in all of it: guided-process.ts SEED INPUTS
const [seed = 1, inputs = 1] = process.argv.slice(2).map(Number);

/** What the parent is told of each target. */
export interface GuidedReport extends Guided {
  readonly name: string;
  readonly rssMiB: number;
}

process.on("disconnect", () => process.exit(0));
const coverage = new Coverage();
const { guidedTargets } = await import("./guided-targets.ts");
for (const target of await guidedTargets()) {
  const found = await guide(target, coverage, { inputs, seed });
  const rssMiB = process.memoryUsage.rss() / 1_048_576;
  const report: GuidedReport = { ...found, name: target.name, rssMiB };
  process.send?.(report);
}
process.disconnect();

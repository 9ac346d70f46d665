import { liveVault } from "./lived-vault.ts";
import { RotJudge } from "./rot-judge.ts";
import { rotten } from "./rot.ts";

// Opens damaged vaults in a process of its own, so that a hang can be ended and its memory is
// its own: damaged-process.ts FIRST-SEED COUNT REPAIR-EVERY
const [first = 1, count = 1, every = 1] = process.argv.slice(2).map(Number);

/** What the parent is told now and then, and at the end. */
export interface DamagedReport {
  readonly done: number;
  readonly rssMiB: number;
  readonly slowestMs: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

const lived = await liveVault();
const another = await liveVault();
const others = [...lived.moments.map(({ world }) => world), another.world];
const judge = await RotJudge.over(lived, another);
const outcomes: Record<string, number> = {};
const violations: string[] = [];
let rssMiB = 0;
let slowestMs = 0;

function tell(done: number): void {
  rssMiB = Math.max(rssMiB, process.memoryUsage.rss() / 1_048_576);
  const report: DamagedReport = { done, rssMiB, slowestMs, outcomes, violations };
  process.send?.(report);
}

process.on("disconnect", () => process.exit(0));
for (let index = 0; index < count; index += 1) {
  const seed = first + index;
  const material = { ...lived, others };
  if (index % 100 === 0) tell(index);
  const verdicts = index % every === 0 ? [await judge.repair(rotten(material, seed))] : [];
  const begun = performance.now();
  const opened = rotten(material, seed);
  verdicts.push(await judge.open(opened));
  slowestMs = Math.max(slowestMs, performance.now() - begun);
  for (const verdict of verdicts) {
    if (verdict.problem === undefined) {
      outcomes[verdict.outcome] = (outcomes[verdict.outcome] ?? 0) + 1;
    } else if (violations.length < 20) {
      violations.push(`seed ${seed} (${opened.steps.join("; ")}): ${verdict.problem}`);
    }
  }
}
tell(count);
process.disconnect();

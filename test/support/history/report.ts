import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeHistory } from "./event.ts";
import type { HistoryEvent } from "./event.ts";
import { operationsOf, withoutRevisions } from "./operation.ts";
import { describe } from "./verdict.ts";
import type { Verdict } from "./verdict.ts";
import { windowOf } from "./window.ts";

/** What to say of a verdict that is no acceptance: why, where to look, and the whole history. */
export function explain(
  title: string,
  seed: number,
  events: readonly HistoryEvent[],
  verdict: Exclude<Verdict, { kind: "accepted" }>,
): string {
  const path = join(tmpdir(), `strongroom-history-${process.pid}-${seed}.jsonl`);
  writeFileSync(path, writeHistory(events.toSorted((a, b) => a.at - b.at)));
  const operations = withoutRevisions(operationsOf(events));
  const window = verdict.kind === "rejected" ? windowOf(operations, verdict.misfit) : [];
  return [
    `${title}: ${verdict.kind}, seed ${seed}: ${verdict.why}`,
    ...window.map((operation) => `  ${describe(operation)}`),
    `  the whole history: ${path}`,
  ].join("\n");
}

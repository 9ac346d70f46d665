import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeHistory } from "./event.ts";
import type { HistoryEvent } from "./event.ts";
import { describe } from "./verdict.ts";
import type { Verdict } from "./verdict.ts";

/** What to say of a verdict that is no acceptance: why, where to look, and the whole history. */
export function explain(
  title: string,
  seed: number,
  events: readonly HistoryEvent[],
  verdict: Exclude<Verdict, { kind: "accepted" }>,
): string {
  const path = join(tmpdir(), `strongroom-history-${process.pid}-${seed}.jsonl`);
  writeFileSync(path, writeHistory(events.toSorted((a, b) => a.at - b.at)));
  const window = verdict.kind === "rejected" ? verdict.window.map(describe) : [];
  return [
    `${title}: ${verdict.kind}, seed ${seed}: ${verdict.why}`,
    ...window.map((line) => `  ${line}`),
    `  the whole history: ${path}`,
  ].join("\n");
}

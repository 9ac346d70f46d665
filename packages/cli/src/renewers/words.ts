import type { RenewerEntry } from "@strongroom/client/protocol";

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;

/** A span as the command line takes it, where it is a whole one: `90m`; else milliseconds. */
export function spanText(ms: number): string {
  const [unit, length] = UNITS.find(([, each]) => ms % each === 0) ?? ["ms", 1];
  return `${ms / length}${unit}`;
}

/** How a renewer is, in a few words. */
export function standing({ due, failure, flight, renewedAt }: RenewerEntry): string {
  const failed = failure && `failed at ${textOf(failure.at)}: ${failure.why}`;
  // Who was begun later than it failed may still run.
  if (flight !== undefined) {
    const before = failed === undefined ? "" : `; before that it ${failed}`;
    return `begun at ${textOf(flight.startedAt)}, and not ended${before}`;
  }
  if (failed !== undefined) return failed;
  if (renewedAt === undefined) return "not run yet";
  return `${due ? "due, " : ""}renewed at ${textOf(renewedAt)}`;
}

function textOf(at: number): string {
  return new Date(at).toISOString();
}

import type { Outcome, Progress, TimedRow } from "./outcome.ts";

// The table goes to stdout, all else to stderr. On a terminal the progress is one line that is
// written over; elsewhere it is a line now and then.
const SELDOM_MS = 5000;

/** A progress line for one row, which begins now. */
export function progressOf(letter: string): Progress {
  const { stderr } = process;
  if (stderr.isTTY) return (line) => stderr.write(`\r\u001B[K(${letter}) ${line}`);
  let due = 0;
  return (line) => {
    if (performance.now() < due) return;
    due = performance.now() + SELDOM_MS;
    stderr.write(`(${letter}) ${line}\n`);
  };
}

/** Takes the progress line away. */
export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001B[K");
}

/** The table of all rows. */
export function table(rows: readonly TimedRow[]): string {
  const cells = rows.map(({ letter, title, ours, theirs, seconds }) => [
    `(${letter}) ${title}`,
    describe(ours),
    theirs === undefined ? "" : describe(theirs),
    `${seconds.toFixed(0)} s`,
  ]);
  const all = [["lost", "strongroom", "a JSON file", "took"], ...cells];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  );
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

function describe({ lost, of, note }: Outcome): string {
  return `${lost} of ${of}${note === undefined ? "" : ` (${note})`}`;
}

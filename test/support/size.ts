/** Whether the full counts were asked for (`STRONGROOM_LONG=1`). */
export const long: boolean = process.env["STRONGROOM_LONG"] === "1";

/** `few` in an ordinary run, `many` in a long one. */
export function size(few: number, many: number): number {
  return long ? many : few;
}

/** The line that a counted test prints: how much of what. */
export function printCount(what: string, done: number, full: number): void {
  process.stdout.write(`${what}: ${done} of ${full}\n`);
}

/** Milliseconds that a counted test may take: ten minutes in a long run. */
export const COUNTED_MS: number = size(60_000, 600_000);

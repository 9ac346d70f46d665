import type { PathEnvironment } from "./protocol/index.ts";

/** How long a call may take when nothing else is said, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 5000;

const UNITS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
]);

/** The longest delay that a timer takes (32 bits); beyond it a timer would fire at once. */
const LONGEST_MS = 2_147_483_647;

/**
 * Milliseconds of a text such as `500ms`, `5s`, `1.5m`; `0` means without end and is `Infinity`.
 * Undefined when it is none of these.
 */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return Infinity;
  const match = /^(\d{1,10}(?:\.\d{1,3})?)(ms|s|m)$/.exec(text);
  if (match === null) return undefined;
  const milliseconds = Number(match[1]) * (UNITS.get(match[2] ?? "") ?? Number.NaN);
  if (milliseconds === 0) return Infinity;
  return milliseconds <= LONGEST_MS ? Math.max(1, Math.round(milliseconds)) : undefined;
}

/** The time a call may take, and whether somebody asked for it. */
export interface Timeout {
  /** Milliseconds; `Infinity` waits. */
  readonly ms: number;
  /** False for the default. */
  readonly asked: boolean;
}

const complained = new Set<string>();

/**
 * The timeout of an option (milliseconds, or a text as `parseDuration` reads it), else of
 * `STRONGROOM_TIMEOUT`, else the default. An option that does not parse is a `TypeError`; a
 * variable that does not is reported once through `warn`, and the default taken.
 */
export function resolveTimeout(
  option: number | string | undefined,
  env: PathEnvironment,
  warn: (line: string) => void = (line) => process.emitWarning(line),
): Timeout {
  if (option !== undefined) return { ms: fromOption(option), asked: true };
  const text = env["STRONGROOM_TIMEOUT"];
  if (text === undefined) return { ms: DEFAULT_TIMEOUT_MS, asked: false };
  const parsed = parseDuration(text);
  if (parsed !== undefined) return { ms: parsed, asked: true };
  if (!complained.has(text)) {
    complained.add(text);
    warn("STRONGROOM_TIMEOUT is not a duration such as 5s, 500ms, 1m or 0; using 5s");
  }
  return { ms: DEFAULT_TIMEOUT_MS, asked: false };
}

function fromOption(option: number | string): number {
  const parsed =
    typeof option === "string" ? parseDuration(option) : option === 0 ? Infinity : option;
  if (parsed === Infinity) return parsed;
  if (parsed === undefined || !(parsed > 0) || parsed > LONGEST_MS) {
    throw new TypeError("timeout must be milliseconds, or a text such as 5s, 500ms, 1m or 0");
  }
  return parsed;
}

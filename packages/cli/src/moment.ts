const UNITS: ReadonlyMap<string, number> = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/**
 * The moment that a text names, in milliseconds since 1970: so long from `now` (`15m`, `12h`,
 * `30d`), or a date of ISO 8601. Undefined when it is neither or not in the future.
 */
export function parseMoment(text: string, now: number): number | undefined {
  const at = now + (spanOf(text) ?? dateOf(text) - now);
  return at > now ? at : undefined;
}

/** The same the other way: so long before `now`, or a date; undefined when it is not in the past. */
export function parsePast(text: string, now: number): number | undefined {
  const at = now - (spanOf(text) ?? now - dateOf(text));
  return at <= now && at >= 0 ? at : undefined;
}

/** Milliseconds of a span (`30s`, `15m`, `12h`, `30d`); undefined when it is none. */
export function spanOf(text: string): number | undefined {
  const [, count, unit = ""] = /^([1-9]\d{0,6})([smhd])$/.exec(text) ?? [];
  const ms = UNITS.get(unit);
  return ms === undefined ? undefined : Number(count) * ms;
}

function dateOf(text: string): number {
  const isDate = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;
  return isDate.test(text) ? Date.parse(text) : Number.NaN;
}

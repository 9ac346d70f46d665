const UNITS: ReadonlyMap<string, number> = new Map([
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/**
 * The moment that a text names, in milliseconds since 1970: so long from `now` (`15m`, `12h`,
 * `30d`), or a date of ISO 8601. Undefined when it is neither or not in the future.
 */
export function parseMoment(text: string, now: number): number | undefined {
  const span = /^([1-9]\d{0,6})([mhd])$/.exec(text);
  const isDate = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/.test(
    text,
  );
  const at =
    span === null
      ? isDate
        ? Date.parse(text)
        : Number.NaN
      : now + Number(span[1]) * (UNITS.get(span[2] ?? "") ?? Number.NaN);
  return at > now ? at : undefined;
}

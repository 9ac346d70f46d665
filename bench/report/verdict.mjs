/** What a report says of a figure: whether it is accepted, or that nothing was compared. */
export function verdict({ ok, aimed, failed }) {
  if (failed) return "FAILED";
  if (ok === undefined) return "not compared";
  if (!ok) return "MISSED";
  return aimed ? "ok, aim reached" : "ok";
}

/** 1 when an accepted figure was missed or a row failed; what was not compared was not missed. */
export function exitStatus(figures) {
  return figures.some(({ ok }) => ok === false) ? 1 : 0;
}

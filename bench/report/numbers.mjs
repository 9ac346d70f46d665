/** A number with about three digits that mean something, and its unit. */
export function show(value, unit = "") {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  const text = value.toFixed(digits);
  return unit === "" ? text : `${text} ${unit}`;
}

/** What a figure compares, as a text: a ratio, or a quantity in its unit. */
export function showValue({ kind, unit }, value) {
  if (value === undefined) return "–";
  return kind === "ratio" ? `${value.toFixed(2)} ×` : show(value, unit);
}

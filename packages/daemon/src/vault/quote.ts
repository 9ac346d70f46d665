/** A name as messages show it: in quotes, control characters escaped, cut where it is long. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 255 ? `${name.slice(0, 255)}…` : name);
}

import type { Provision } from "./plan.ts";

/** Whether a program that has the one would get nothing else with the other. */
export function isSame(one: Provision, other: Provision): boolean {
  return (
    areEqual(one.environment, other.environment, Object.is) &&
    areEqual(one.files, other.files, (a, b) => a.equals(b))
  );
}

function areEqual<T>(
  one: ReadonlyMap<string, T>,
  other: ReadonlyMap<string, T>,
  isEqual: (a: T, b: T) => boolean,
): boolean {
  if (one.size !== other.size) return false;
  return [...one].every(([name, value]) => {
    const same = other.get(name);
    return same !== undefined && isEqual(value, same);
  });
}

/**
 * The strings in a value that is JSON, of at least so many bytes: programs take them out, and write
 * them by themselves. Keys are none. Empty for what is no object or array of JSON.
 */
export function leavesOf(value: Buffer, least: number): Buffer[] {
  if (!/^\s*[[{]/u.test(value.subarray(0, 64).toString("latin1"))) return [];
  const leaves = new Set<string>();
  try {
    JSON.parse(value.toString(), (_, each: unknown) => {
      if (typeof each === "string") leaves.add(each);
      return each;
    });
  } catch {
    return [];
  }
  return [...leaves].map((leaf) => Buffer.from(leaf)).filter(({ length }) => length >= least);
}

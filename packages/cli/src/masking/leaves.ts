/**
 * The strings in a value that is JSON, of at least so many bytes: programs take them out, and write
 * them by themselves. Keys are none. Empty for what is none.
 */
export function leavesOf(value: Buffer, least: number): Buffer[] {
  const text = value.toString().replace(/^\ufeff/u, "");
  if (!/^\s*["[{]/u.test(text)) return [];
  const leaves = new Set<string>();
  try {
    JSON.parse(text, (_, each: unknown) => {
      if (typeof each === "string") leaves.add(each);
      return each;
    });
  } catch {
    return [];
  }
  return [...leaves].map((leaf) => Buffer.from(leaf)).filter(({ length }) => length >= least);
}

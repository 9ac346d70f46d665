import { LIMITS } from "@strongroom/client/protocol";
import type { Found, Item } from "./found.ts";
import { importName } from "./names.ts";

/**
 * A source of which no two secrets come under one name: the second one of a name (`a*` beside
 * `a%2A`, or two passwords of one account) gets `NAME~2`, unless it is the same.
 */
export function distinct(found: Found, prefix: string): Found {
  // No vault takes them.
  if (found.items.length > LIMITS.secrets) return found;
  const hereOf = (name: string): string | undefined => importName(prefix + name);
  const known = new Set(found.items.map(({ name }) => hereOf(name)));
  const firsts = new Map<string, Item>();
  const items: Item[] = [];
  const remarks = [...found.remarks];
  for (const item of found.items) {
    const name = hereOf(item.name);
    const first = name === undefined ? undefined : firsts.get(name);
    if (name === undefined || first === undefined) {
      if (name !== undefined) firsts.set(name, item);
      items.push(item);
    } else if (!first.value.equals(item.value)) {
      const other = freeName(item.name, (each) => known.has(hereOf(each)));
      known.add(hereOf(other));
      items.push({ ...item, name: other });
      remarks.push(`${name} is there twice, and not alike; the second one is ${hereOf(other)}`);
    }
  }
  return { ...found, items, remarks };
}

function freeName(name: string, isTaken: (name: string) => boolean): string {
  for (let count = 2; ; count += 1) {
    const other = `${name}~${count}`;
    if (!isTaken(other)) return other;
  }
}

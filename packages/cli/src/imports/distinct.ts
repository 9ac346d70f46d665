import { LIMITS } from "@strongroom/client/protocol";
import type { Found, Item } from "./found.ts";
import { nameBelow } from "./names.ts";

/**
 * A source of which no two secrets come under one name: the second one of a name (`a*` beside
 * `a%2A`, or two passwords of one account) gets `NAME~2`, unless it is the same.
 */
export function distinct(found: Found, prefix: string): Found {
  // No vault takes them.
  if (found.items.length > LIMITS.secrets) return found;
  const hereOf = (name: string): string | undefined => nameBelow(prefix, name);
  const known = new Set(found.items.map(({ name }) => hereOf(name)));
  const firsts = new Map<string, { readonly item: Item; count: number }>();
  const items: Item[] = [];
  const remarks = [...found.remarks];
  for (const item of found.items) {
    const name = hereOf(item.name);
    const first = name === undefined ? undefined : firsts.get(name);
    if (name === undefined || first === undefined) {
      if (name !== undefined) firsts.set(name, { item, count: 1 });
      items.push(item);
    } else if (!first.item.value.equals(item.value)) {
      let other: string;
      let here: string | undefined;
      do {
        first.count += 1;
        other = fitting(item.name, `~${first.count}`, hereOf);
        here = hereOf(other);
      } while (here !== undefined && known.has(here));
      items.push({ ...item, name: other });
      // One that has no room even so is told of where it is left out.
      if (here === undefined) continue;
      known.add(here);
      remarks.push(`${name} is there twice, and not alike; the second one is ${here}`);
    }
  }
  return { ...found, items, remarks };
}

/** A name with that behind it, cut before it where both are too long; what is cut fits by itself. */
function fitting(
  name: string,
  behind: string,
  hereOf: (name: string) => string | undefined,
): string {
  const letters = Array.from(name);
  while (letters.length > 1 && hereOf(letters.join("") + behind) === undefined) letters.pop();
  return letters.join("") + behind;
}

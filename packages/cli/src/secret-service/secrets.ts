import { StrongroomError } from "@strongroom/client/protocol";
import type { Value } from "../dbus/variant.ts";
import type { Item } from "./holdings.ts";
import type { House } from "./house.ts";

const USUAL_TYPE = "text/plain";
/** How many values are read at once: each may have 1 MiB, and a reply has its limit. */
const AT_ONCE = 4;

/** The value of an item, sealed for a session of the one who asks. */
export async function secretOf(
  { client, sessions }: House,
  sender: string,
  session: string,
  { name }: Item,
): Promise<readonly Value[]> {
  sessions.check(sender, session);
  const secret = await client.get(name);
  const { contentType = USUAL_TYPE } = secret.metadata;
  return sessions.send(sender, session, secret.bytes(), contentType);
}

/** The values of several items, by their paths; what is gone by now is left out. */
export async function secretsOf(
  house: House,
  sender: string,
  session: string,
  items: readonly (readonly [string, Item])[],
): Promise<ReadonlyMap<string, Value>> {
  const found = new Map<string, Value>();
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const some = items.slice(at, at + AT_ONCE).map(async ([path, item]) => {
      try {
        found.set(path, await secretOf(house, sender, session, item));
      } catch (error) {
        if (!(error instanceof StrongroomError && error.code === "NOT_FOUND")) throw error;
      }
    });
    await Promise.all(some);
  }
  return found;
}

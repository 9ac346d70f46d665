import { StrongroomError } from "@strongroom/client/protocol";
import type { Value } from "../dbus/variant.ts";
import { tooMuch } from "./failures.ts";
import type { Item } from "./holdings.ts";
import type { House } from "./house.ts";

const USUAL_TYPE = "text/plain";
/** How many values are read at once: each may have 1 MiB, and a reply has its limit. */
const AT_ONCE = 4;
/** How much is given at once: a message that is too long would end us on the bus. */
const MOST_BYTES = 33_554_432;

/** The value of an item, sealed for a session of the one who asks. */
export async function secretOf(
  { client, sessions }: House,
  sender: string,
  session: string,
  { name }: Item,
): Promise<readonly Value[]> {
  sessions.check(sender, session);
  const secret = await client.get(name);
  const { contentType = "" } = secret.metadata;
  // One that somebody chose by hand may be no text of the bus.
  const type = contentType === "" || contentType.includes("\0") ? USUAL_TYPE : contentType;
  return sessions.send(sender, session, secret.bytes(), type);
}

/** The values of several items, by their paths; what is gone by now is left out. */
export async function secretsOf(
  house: House,
  sender: string,
  session: string,
  items: readonly (readonly [string, Item])[],
): Promise<ReadonlyMap<string, Value>> {
  const found = new Map<string, Value>();
  let bytes = 0;
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const some = items.slice(at, at + AT_ONCE).map(async ([path, item]) => {
      try {
        const secret = await secretOf(house, sender, session, item);
        bytes += (secret[2] as Uint8Array).length;
        found.set(path, secret);
      } catch (error) {
        if (!(error instanceof StrongroomError && error.code === "NOT_FOUND")) throw error;
      }
    });
    await Promise.all(some);
    if (bytes > MOST_BYTES) throw tooMuch();
  }
  return found;
}

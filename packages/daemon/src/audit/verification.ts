import { brokenAt } from "../storage/segment.ts";
import type { Services } from "../turn/handler.ts";
import { ChainLink } from "./chain.ts";
import type { Trail } from "./trail.ts";

/**
 * Reads every sealed segment back and follows the chain from one to the next; `CORRUPT` names the
 * file and the first record that is broken.
 */
export async function verifyTrail(trail: Trail, segment: Services["segment"]): Promise<void> {
  for (const sealed of trail.segments) {
    const link = new ChainLink(sealed.before);
    const { path } = await segment(sealed, (record) => link.add(record));
    const place = link.end();
    const { after, before } = sealed;
    if (place.count === after.count && place.head.equals(after.head)) continue;
    throw brokenAt(path, before.count + 1, "it or one behind it is not what was sealed");
  }
}

import { StrongroomError } from "@strongroom/client/protocol";
import { epochName } from "../storage/names.ts";
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
    await segment(sealed, (record) => link.add(record));
    const place = link.end();
    const { after, before, epoch } = sealed;
    if (place.count === after.count && place.head.equals(after.head)) continue;
    throw new StrongroomError(
      "CORRUPT",
      `${epochName("audit", epoch)}: audit record ${before.count + 1} or one behind it is not what was sealed`,
      { hint: "put that file back from a copy of the vault" },
    );
  }
}

import { StrongroomError } from "@strongroom/client/protocol";
import type { Log } from "../storage/log.ts";

/** So many tokens an epoch; nine quadrillion safe integers are eight million epochs of them. */
const AN_EPOCH = 2 ** 30;

/**
 * A number above every token that was given in an earlier epoch: an epoch is never used twice, so
 * tokens grow from one process to the next though none is written down. `READ_ONLY` where no epoch
 * is claimed.
 */
export function tokenFloor(log: Pick<Log, "figures">): number {
  const { epoch } = log.figures();
  if (epoch === null) {
    throw new StrongroomError("READ_ONLY", "no lease is given while the vault can only be read", {
      hint: "strongroom doctor",
    });
  }
  const floor = Number.parseInt(epoch, 16) * AN_EPOCH;
  if (!Number.isSafeInteger(floor + AN_EPOCH)) throw new RangeError("the epochs are used up");
  return floor;
}

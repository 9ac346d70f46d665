import { StrongroomError } from "@strongroom/client/protocol";
import type { LockReason } from "./marker.ts";

const WHY: { readonly [reason in LockReason]: string } = {
  asked: "its owner locked it",
  idle: "it was not used for as long as its owner said",
  suspended: "the machine was asleep",
  time: "it was open for as long as its owner said",
};

/** What everybody is told of a locked vault. */
export function lockedError(reason: LockReason): StrongroomError {
  return new StrongroomError("LOCKED", `the vault is locked: ${WHY[reason]}`, {
    hint: "strongroom unlock",
  });
}

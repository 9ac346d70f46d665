import type { WriteHandler } from "../turn/handler.ts";
import { COMMIT_BYTES } from "./bytes.ts";

/** `clock/accept`: the wall clock is right, whatever the vault has seen before. */
export const clockAccept: WriteHandler<"clock/accept"> = {
  kind: "write",
  judge: (pending, params) => {
    const before = pending.at;
    const { wall = before } = params as { readonly wall?: number };
    pending.record({ kind: "clock", time: wall });
    return [before, wall];
  },
  result: (_params, [before = 0, time = 0], revision) => ({ time, before, revision }),
  durable: (gate) => void gate.time.accept(),
  bytes: () => COMMIT_BYTES,
  frees: () => true,
};

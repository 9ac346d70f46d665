import { setImmediate as nextTurn } from "node:timers/promises";

const SLICE_MS = 8;

/** Lets the event loop run when the work since the last time took longer than a slice. */
export function pacer(monotonic: () => number): () => Promise<void> {
  let since = monotonic();
  return async () => {
    if (monotonic() - since < SLICE_MS) return;
    await nextTurn();
    since = monotonic();
  };
}

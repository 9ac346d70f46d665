import { setTimeout as pause } from "node:timers/promises";
import { StrongroomError } from "@strongroom/client";

const TRIES = 100;
const LONGEST_PAUSE_MS = 64;

/**
 * Does `attempt`, which reads and then writes what it demands to be unchanged, again and again
 * while somebody else was quicker; rejects with that `CONFLICT` after a hundred times.
 */
export async function persist<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBeaten(error) || tries === TRIES) throw error;
      await pause(Math.random() * Math.min(2 ** tries, LONGEST_PAUSE_MS));
    }
  }
}

function isBeaten(error: unknown): boolean {
  return (
    error instanceof StrongroomError &&
    (error.code === "CONFLICT" || error.code === "ALREADY_EXISTS")
  );
}

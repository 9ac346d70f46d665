import { setTimeout as sleep } from "node:timers/promises";

/** The longest time for which nothing else ran while work was done, in milliseconds. */
export async function longestDelay(work: Promise<unknown>): Promise<number> {
  let longest = 0;
  let done = false;
  const watch = (async () => {
    while (!done) {
      const before = performance.now();
      await sleep(1);
      longest = Math.max(longest, performance.now() - before - 1);
    }
  })();
  try {
    await work;
  } finally {
    done = true;
    await watch;
  }
  return longest;
}

import { cli } from "./cli.ts";
import { daemonPid } from "./home.ts";
import type { Playground } from "./home.ts";
import type { Progress, Row } from "./outcome.ts";

const STARTS = 16;

/**
 * Sixteen first starts at once on an empty folder: each makes the vault and its key if nobody
 * has, starts the daemon if nobody has, and stores a secret. Two keys would leave some of the
 * secrets unreadable for ever.
 */
export async function starts(playground: Playground, progress: Progress): Promise<Row> {
  const home = playground.home("c");
  const names = Array.from({ length: STARTS }, (_, index) => `first/${index + 1}`);
  let done = 0;
  const stored = await Promise.all(
    names.map(async (name) => {
      const ended = await cli(home, ["set", name, "--timeout", "30s"], `value of ${name}`);
      progress(`${(done += 1)} of ${STARTS} stored`);
      return ended;
    }),
  );
  const owner = daemonPid(home);
  let lost = 0;
  for (const [index, name] of names.entries()) {
    const { stdout } = await cli(home, ["get", name]);
    if (stored[index]?.status !== 0 || stdout !== `value of ${name}`) lost += 1;
    progress(`${index + 1} of ${STARTS} read back`);
  }
  if (owner === undefined || owner !== daemonPid(home)) throw new Error("the owner changed");
  return {
    title: `${STARTS} first starts at once, each storing a secret`,
    ours: { lost, of: STARTS },
  };
}

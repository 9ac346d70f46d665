import { DiskVault } from "./disk-vault.ts";
import { toldOf } from "./golden.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import type { World } from "./simulated-world.ts";
import { TestClock } from "./vault.ts";

/** Small, so that every byte of it can be damaged. */
export const SMALL = { preallocate: 2048 } as const;

/** A vault as it was once. */
interface Moment {
  readonly world: World;
  /** Everything that tells two states apart. */
  readonly state: string;
}

/** A vault of real records that lived through an opening, a compaction and mutations of every kind. */
export interface LivedVault {
  readonly world: World;
  /** The state that was acknowledged last. */
  readonly state: string;
  /** The state before the last frame. */
  readonly earlier: string;
  /** What it was after each acknowledgement, the last one left out. */
  readonly moments: readonly Moment[];
  /** The path of its journal. */
  readonly journal: string;
}

/** Everything that tells two states apart. */
export function shown(vault: DiskVault): string {
  return JSON.stringify(toldOf(vault.state));
}

/** Lets a vault live; no two are alike, for each has keys of its own. */
export async function liveVault(): Promise<LivedVault> {
  const disk = new SimulatedDisk();
  const moments: Moment[] = [];
  const clock = new TestClock();
  const caller = { actor: "owner", signal: new AbortController().signal };
  let vault = await DiskVault.open(disk, clock, SMALL);
  const keep = async (): Promise<void> => {
    // By itself the mark follows within a millisecond; here it must not be a matter of time.
    vault.opened.log.mark();
    moments.push({ world: disk.world.clone(), state: shown(vault) });
  };
  const set = async (name: string, value: string): Promise<void> => {
    const params = { name, value, metadata: { note: "n", tags: ["t"] }, requestId: value };
    await vault.engine.execute("secret/set", { ...params, seen: 1000 }, caller);
    await keep();
  };
  await keep();
  await set("a", "one");
  await set("a", "two");
  await vault.close();
  vault = await DiskVault.open(disk, clock, SMALL);
  await set("b", "three");
  await vault.engine.execute("secret/delete", { name: "a" }, caller);
  await keep();
  await vault.engine.execute("vault/compact", {}, caller);
  await keep();
  await set("a", "four");
  const operations = [
    { op: "clear", prefix: "b" } as const,
    { op: "restore", name: "a", version: 1 } as const,
  ];
  await vault.engine.execute("vault/batch", { operations }, caller);
  await keep();
  await set("c", "five");
  await set("c", "six");
  const last = moments.pop();
  const earlier = moments.at(-1)?.state;
  if (last === undefined || earlier === undefined) throw new TypeError("it never lived");
  const journal = last.world.files().find((path) => path.includes("journal.")) ?? "";
  return { ...last, earlier, moments, journal };
}

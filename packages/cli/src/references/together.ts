import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import type { SecretValue } from "@strongroom/client/protocol";

const ROUNDS = 10;

/** What one read gives: all of it held at that revision. */
export interface Answer {
  readonly revision: number;
  /** In the order in which they were asked for. */
  readonly secrets: readonly (SecretValue | null)[];
}

type Found = ReadonlyMap<string, SecretValue | null>;

/**
 * Reads more than fit in one read, so that all of it held at one moment. Those that change meanwhile
 * are read in one read; all others must be the same before and after it, which their versions tell,
 * for none is ever used twice. `BUSY` when too many change too fast.
 */
export async function readTogether(
  ids: readonly string[],
  read: (some: readonly string[]) => Promise<Answer>,
): Promise<Found> {
  const changing = new Set<string>();
  let before: Found | undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    const ordered = [...changing, ...ids.filter((id) => !changing.has(id))];
    const { found, revisions } = await readAll(ordered, read);
    if (revisions.size < 2) return found;
    const changed = ordered.filter((id) => !isSame(found.get(id), before?.get(id)));
    const atOnce = new Set(ordered.slice(0, LIMITS.readNames));
    if (before !== undefined && changed.every((id) => atOnce.has(id))) return found;
    if (before !== undefined) for (const id of changed) changing.add(id);
    before = found;
  }
  throw new StrongroomError("BUSY", "the secrets change faster than they can be read together", {
    hint: "repeat it, or take fewer references: 100 are always read at one moment",
  });
}

async function readAll(
  ids: readonly string[],
  read: (some: readonly string[]) => Promise<Answer>,
): Promise<{ readonly found: Found; readonly revisions: ReadonlySet<number> }> {
  const found = new Map<string, SecretValue | null>();
  const revisions = new Set<number>();
  for (let at = 0; at < ids.length; at += LIMITS.readNames) {
    const some = ids.slice(at, at + LIMITS.readNames);
    const { revision, secrets } = await read(some);
    revisions.add(revision);
    for (const [index, id] of some.entries()) found.set(id, secrets[index] ?? null);
  }
  return { found, revisions };
}

function isSame(one: SecretValue | null = null, other: SecretValue | null = null): boolean {
  return one?.version === other?.version;
}

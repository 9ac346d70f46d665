import { StrongroomError } from "@strongroom/client/protocol";
import { KilledError, SimulatedDisk } from "./simulated-disk.ts";
import type { FaultAction, Site } from "./simulated-disk.ts";
import type { PowerCut } from "./simulated-world.ts";

/** What became of an operation, as far as whoever asked for it was told. */
export type Outcome = "acknowledged" | "refused" | "unknown";

/** The journal of what was asked for and what was answered, in order. */
export class Acks<Operation> {
  readonly #entries: { readonly operation: Operation; outcome: Outcome }[] = [];

  get entries(): readonly { readonly operation: Operation; readonly outcome: Outcome }[] {
    return this.#entries;
  }

  /** Runs one operation: `DISK_FULL` is a clean refusal, any other failure leaves it unknown. */
  async run(operation: Operation, work: () => Promise<void>): Promise<void> {
    const entry: { operation: Operation; outcome: Outcome } = { operation, outcome: "unknown" };
    this.#entries.push(entry);
    try {
      await work();
      entry.outcome = "acknowledged";
    } catch (error) {
      if (!(error instanceof StrongroomError) || error.code !== "DISK_FULL") throw error;
      entry.outcome = "refused";
    }
  }

  clone(): Acks<Operation> {
    const copy = new Acks<Operation>();
    for (const entry of this.#entries) copy.#entries.push({ ...entry });
    return copy;
  }
}

/** A way to fail: what happens at the site, and what the machine does afterwards. */
interface Variant {
  readonly name: string;
  readonly action: FaultAction;
  readonly cut: PowerCut["kind"];
  readonly writesOnly?: boolean;
}

const VARIANTS: readonly Variant[] = [
  { name: "EIO once", action: "eio", cut: "drop" },
  { name: "EIO sticky", action: "eio-sticky", cut: "drop" },
  { name: "EIO once, page cache survives", action: "eio", cut: "none" },
  { name: "ENOSPC", action: "enospc", cut: "drop" },
  { name: "short write", action: "short", cut: "drop", writesOnly: true },
  { name: "torn, then killed", action: "torn", cut: "none", writesOnly: true },
  { name: "torn, then power cut", action: "torn-durable", cut: "drop", writesOnly: true },
  { name: "killed before", action: "kill-before", cut: "none" },
  { name: "killed after", action: "kill-after", cut: "none" },
  { name: "power cut before", action: "kill-before", cut: "drop" },
  { name: "power cut after", action: "kill-after", cut: "drop" },
  { name: "power cut before, some sectors survive", action: "kill-before", cut: "subset" },
  { name: "power cut after, some sectors survive", action: "kill-after", cut: "subset" },
];

/** What is enumerated. */
export interface Enumeration<Operation> {
  /** Works as the daemon would, and ends when the daemon would; failures may escape it. */
  readonly workload: (disk: SimulatedDisk, acks: Acks<Operation>) => Promise<void>;
  /**
   * Opens what is there and throws when it is not what was acknowledged. What it appends it
   * records as well: it may be killed and made to run again.
   */
  readonly check: (disk: SimulatedDisk, acks: Acks<Operation>) => Promise<void>;
  /** Every how many-th pair of site and variant is run; 1 = all. */
  readonly stride: number;
  /** Every how many-th site of each recovery is killed; 1 = all, 0 = none. */
  readonly recoveryStride: number;
  readonly seed: number;
}

/** What was run. */
export interface Enumerated {
  readonly sites: number;
  readonly sitesFailed: number;
  readonly runs: number;
  readonly recoveries: number;
  /** One line each, with the site, the variant and the seed. */
  readonly violations: readonly string[];
}

/** Fails every site of a workload in every way, and kills every recovery at every site of it. */
export async function enumerate<Operation>(
  enumeration: Enumeration<Operation>,
): Promise<Enumerated> {
  const sites = await passedBy(enumeration);
  const pairs = sites.flatMap((site, index) =>
    VARIANTS.filter((variant) => variant.writesOnly !== true || site.kind === "write").map(
      (variant) => ({ site, number: index + 1, variant }),
    ),
  );
  const chosen = pairs.filter(
    (_pair, index) => (index + enumeration.seed) % enumeration.stride === 0,
  );
  const violations: string[] = [];
  let recoveries = 0;
  for (const [index, pair] of chosen.entries()) {
    const seed = enumeration.seed + index;
    const label = `site ${pair.number} (${pair.site.kind} ${pair.site.path}), ${pair.variant.name}, seed ${seed}`;
    recoveries += await runPair(enumeration, pair, seed, (what) => {
      violations.push(`${label}: ${what}`);
    });
  }
  return {
    sites: sites.length,
    sitesFailed: new Set(chosen.map((pair) => pair.number)).size,
    runs: chosen.length,
    recoveries,
    violations,
  };
}

/** The line to print: n of N sites, r runs. */
export function summary(result: Enumerated, seed: number): string {
  const { sitesFailed, sites, runs, recoveries, violations } = result;
  return `${sitesFailed} of ${sites} sites, ${runs} runs, ${recoveries} killed recoveries, ${violations.length} violations (seed ${seed})`;
}

async function passedBy<Operation>(enumeration: Enumeration<Operation>): Promise<readonly Site[]> {
  const disk = new SimulatedDisk();
  const acks = new Acks<Operation>();
  await enumeration.workload(disk, acks);
  await enumeration.check(disk.reboot({ kind: "drop" }), acks);
  return disk.sites.slice();
}

async function runPair<Operation>(
  enumeration: Enumeration<Operation>,
  pair: { readonly number: number; readonly variant: Variant },
  seed: number,
  violated: (what: string) => void,
): Promise<number> {
  const { workload, check, recoveryStride } = enumeration;
  const { action, cut } = pair.variant;
  const disk = new SimulatedDisk(undefined, { site: pair.number, action, seed });
  const acks = new Acks<Operation>();
  try {
    await workload(disk, acks);
  } catch (error) {
    if (!expected(error)) violated(`the workload failed: ${text(error)}`);
  }
  disk.reboot(cutOf(cut, seed));
  const world = disk.world.clone();
  const recovering = new SimulatedDisk(disk.world);
  await attempt(() => check(recovering, acks.clone()), violated);
  if (recoveryStride === 0) return 0;
  let recoveries = 0;
  const first = 1 + (seed % recoveryStride);
  for (let site = first; site <= recovering.sites.length; site += recoveryStride) {
    const again = acks.clone();
    const dying = new SimulatedDisk(world.clone(), { site, action: "kill-before" });
    try {
      await check(dying, again);
    } catch (error) {
      if (!dying.killed) violated(`recovery killed at ${site}: ${text(error)}`);
    }
    const kind = (["none", "drop", "subset"] as const)[site % 3] ?? "none";
    const revived = dying.reboot(cutOf(kind, seed + site));
    await attempt(
      () => check(revived, again),
      (what) => violated(`recovery killed at ${site}, ${kind}: ${what}`),
    );
    recoveries += 1;
  }
  return recoveries;
}

async function attempt(work: () => Promise<void>, violated: (what: string) => void): Promise<void> {
  try {
    await work();
  } catch (error) {
    violated(text(error));
  }
}

function expected(error: unknown): boolean {
  return error instanceof KilledError || error instanceof StrongroomError;
}

function cutOf(kind: PowerCut["kind"], seed: number): PowerCut {
  return kind === "subset" ? { kind, seed } : { kind };
}

function text(error: unknown): string {
  if (error instanceof StrongroomError) return `${error.code} ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

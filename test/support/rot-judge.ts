import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { salvage } from "@strongroom/daemon/src/storage/repair.ts";
import { VaultState } from "@strongroom/daemon/src/vault/state.ts";
import { refusalProblem } from "./damage.ts";
import { DiskVault } from "./disk-vault.ts";
import { toldOf } from "./golden.ts";
import type { Told, Version } from "./independent-state.ts";
import { framePlaces } from "./journal-frames.ts";
import { shown, SMALL } from "./lived-vault.ts";
import type { LivedVault } from "./lived-vault.ts";
import { HOME } from "./opaque-vault.ts";
import type { Rotten } from "./rot.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import type { World } from "./simulated-world.ts";
import { TestClock } from "./vault.ts";

/** Magic, epoch and sequence number. */
const TRACE_BYTES = 24;

const KEYFILE = join(HOME.config, "keyfile");

/** How an opening or a repair came out, or why it must not have come out so. */
export type Verdict =
  | { readonly outcome: string; readonly problem?: undefined }
  | { readonly problem: string };

/** Holds damaged vaults against what the vault was before. */
export class RotJudge {
  readonly #lived: LivedVault;
  /** Every version of every name that there ever was, in this vault or in one of the others. */
  readonly #versions = new Set<string>();
  /** The frames of the journal, and as much of each as tells that it was there. */
  readonly #frames: readonly {
    readonly from: number;
    readonly whole: Buffer;
    readonly trace: Buffer;
  }[];
  readonly #current: ReadonlySet<string>;
  readonly #another: LivedVault;
  readonly #strange: ReadonlySet<string>;

  private constructor(lived: LivedVault, another: LivedVault, current: ReadonlySet<string>) {
    this.#lived = lived;
    this.#another = another;
    this.#strange = new Set([another, ...another.moments].map(({ state }) => state));
    this.#current = current;
    const journal = lived.world.peek(lived.journal);
    this.#frames = framePlaces(journal).map(({ from, to }) => ({
      from,
      whole: journal.subarray(from, to),
      trace: journal.subarray(from, from + TRACE_BYTES),
    }));
  }

  /** Damage may be taken from `another` vault, too: its versions were there as well. */
  static async over(lived: LivedVault, another: LivedVault): Promise<RotJudge> {
    const judge = new RotJudge(lived, another, new Set(versionsIn(await saved(lived.world))));
    for (const { world } of [lived, ...lived.moments, another]) {
      for (const version of versionsIn(await saved(world))) judge.#versions.add(version);
    }
    return judge;
  }

  /**
   * Opening is refused by name and changes nothing, or shows the acknowledged state. Where the
   * mark is lost as well, the last frame may be damaged, or the end of the journal may be gone to
   * the last byte: then it shows the state of before, for nothing is left that knows better.
   */
  async open({ world }: Rotten): Promise<Verdict> {
    const before = fingerprint(world);
    const begun = world.clone();
    const disk = new SimulatedDisk(world);
    try {
      const vault = await DiskVault.open(disk, new TestClock(), SMALL);
      const state = shown(vault);
      const { born } = vault.opened;
      const torn = vault.opened.log.figures().tornFrames;
      await vault.close();
      if (state === this.#lived.state) return await this.#again(world, state, "as acknowledged");
      const past = this.#lived.moments.findLastIndex((moment) => moment.state === state);
      // Its folder with its key file is that vault, and the mark of ours says nothing about it.
      const keyed = isSame(begun, this.#another.world, KEYFILE);
      if (past < 0 && keyed && this.#strange.has(state))
        return await this.#again(world, state, "another vault");
      if (past < 0) {
        return {
          problem: `${born ? "a vault was born" : "it opened"} with ${state.slice(0, 200)}`,
        };
      }
      const unseen = this.#unseen(begun, this.#lived.moments[past]?.world, torn);
      if (unseen !== undefined) return { problem: `it opened at moment ${past}: ${unseen}` };
      const last = state === this.#lived.earlier;
      return await this.#again(
        world,
        state,
        `${last ? "one frame" : "several frames"} earlier, the mark being lost`,
      );
    } catch (error) {
      const problem = refusalProblem(error, Object.values(HOME), ["UNAVAILABLE"]);
      if (problem !== undefined) return { problem };
      if (fingerprint(world) !== before) return { problem: "refused and yet changed" };
      return { outcome: (error as StrongroomError).code };
    }
  }

  /** A repair writes nothing, saves nothing that never was, and says when it lost something. */
  async repair({ world }: Rotten): Promise<Verdict> {
    const disk = new SimulatedDisk(world);
    const state = new VaultState();
    try {
      const { lost } = await salvage({ disk, home: HOME, sink: state });
      if (disk.sites.length > 0) return { problem: "the repair wrote to the vault" };
      const versions = versionsIn(toldOf(state));
      const invented = versions.filter((version) => !this.#versions.has(version));
      if (invented.length > 0) return { problem: `the repair invented ${invented.join(", ")}` };
      const missing = [...this.#current].filter((version) => !versions.includes(version));
      if (missing.length === 0) return { outcome: "repair saved all" };
      if (lost.length > 0) return { outcome: "repair saved a part, and named what it lost" };
      if (this.#marked(world)) return { problem: "the repair lost something and does not say so" };
      return { outcome: "repair saved a part, the mark being lost" };
    } catch (error) {
      const problem = refusalProblem(error, Object.values(HOME), ["UNAVAILABLE"]);
      if (problem !== undefined) return { problem: `the repair: ${problem}` };
      return { outcome: `repair refused, ${(error as StrongroomError).code}` };
    }
  }

  /** Whether the mark is as it was, can be read, and is that of the vault whose key is there. */
  #marked(world: World): boolean {
    if (isSame(world, this.#another.world, KEYFILE)) return false;
    const mark = this.#lived.world.files().find((path) => path.endsWith(".mark")) ?? "";
    if (!world.files().includes(mark) || world.planted.has(mark)) return false;
    return world.peek(mark).equals(this.#lived.world.peek(mark));
  }

  /** Why the end of the journal should have been missed; undefined where nothing shows it. */
  #unseen(world: World, moment: World | undefined, torn: number): string | undefined {
    if (this.#marked(world)) return "the mark knows better";
    if (!world.files().includes(this.#lived.journal)) return undefined;
    const journal = world.peek(this.#lived.journal);
    const known = moment?.files().includes(this.#lived.journal)
      ? framePlaces(moment.peek(this.#lived.journal)).length
      : 0;
    const place = this.#frames[known]?.from ?? 0;
    const [first, ...later] = this.#frames.slice(known);
    if (first !== undefined && journal.includes(first.whole)) return "the next frame is whole";
    if (first !== undefined && journal.includes(first.trace) && torn !== 1) return "uncounted";
    // At the place of the next frame it may be that one, with a damaged number.
    const left = later.some(({ trace }) => ![-1, place].includes(journal.lastIndexOf(trace)));
    return left ? "frames after the next one have left their headers" : undefined;
  }

  /** What was opened opens again, and is the same. */
  async #again(world: World, state: string, outcome: string): Promise<Verdict> {
    const vault = await DiskVault.open(new SimulatedDisk(world), new TestClock(), SMALL);
    const same = shown(vault) === state;
    await vault.close();
    return same ? { outcome } : { problem: `opened twice it is not the same: ${outcome}` };
  }
}

async function saved(world: World): Promise<Told> {
  const sink = new VaultState();
  await salvage({ disk: new SimulatedDisk(world), home: HOME, sink });
  return toldOf(sink);
}

function versionsIn(told: Told): string[] {
  const text = (name: string, version: Version): string =>
    JSON.stringify([name, { ...version, replaced: undefined }]);
  return Object.entries(told.secrets).flatMap(([name, { current, history }]) =>
    [current, ...history].map((version) => text(name, version)),
  );
}

function isSame(one: World, other: World, path: string): boolean {
  if (!one.files().includes(path) || one.planted.has(path)) return false;
  return one.peek(path).equals(other.peek(path));
}

function fingerprint(world: World): string {
  return world
    .files()
    .map((path) => `${path}:${world.peek(path).toString("latin1")}`)
    .join("\n");
}

import { ERRORS, StrongroomError } from "@strongroom/client/protocol";
import type { ErrorCode } from "@strongroom/client/protocol";
import { SimulatedDisk } from "./simulated-disk.ts";
import type { World } from "./simulated-world.ts";

/** A vault with something done to it. */
export interface DamageCase {
  readonly name: string;
  /** Builds the damaged disk; cases are made one at a time. */
  readonly make: () => World;
  /** Whether nothing but the inside of the last frame was touched. */
  readonly lastFrameOnly?: boolean;
}

/** What opening showed. */
interface Shown {
  /** Anything that tells two states apart. */
  readonly state: string;
  /** Torn frames that were counted and printed. */
  readonly torn: number;
}

/** What the damaged vaults are held against. */
export interface Expectation {
  readonly open: (disk: SimulatedDisk) => Promise<Shown>;
  /** A refusal names a file in one of these. */
  readonly folders: readonly string[];
  readonly acknowledged: string;
  /** The state before the last frame. */
  readonly earlier: string;
}

/** How the cases came out. */
export interface Damaged {
  readonly cases: number;
  readonly intact: number;
  readonly earlier: number;
  readonly refused: Readonly<Partial<Record<ErrorCode, number>>>;
  readonly violations: readonly string[];
}

const REFUSALS: readonly ErrorCode[] = [
  "CORRUPT",
  "ROLLED_BACK",
  "UNSUPPORTED_FORMAT",
  "WRONG_KEY",
];

/**
 * Opens every case: it is refused by name and nothing is changed; or it is the acknowledged
 * state; or, for damage inside the last frame, the state before it, counted. Nothing else.
 */
export async function judgeDamage(
  cases: Iterable<DamageCase>,
  expectation: Expectation,
): Promise<Damaged> {
  const refused: Partial<Record<ErrorCode, number>> = {};
  const violations: string[] = [];
  const count = { cases: 0, intact: 0, earlier: 0 };
  for (const each of cases) {
    count.cases += 1;
    const world = each.make();
    const before = fingerprint(world);
    const folders = expectation.folders;
    try {
      const shown = await expectation.open(new SimulatedDisk(world));
      if (shown.state === expectation.acknowledged) count.intact += 1;
      else if (isEarlier(shown, each, expectation)) count.earlier += 1;
      else violations.push(`${each.name}: opened with ${shown.state.slice(0, 80)}`);
    } catch (error) {
      const problem = refusalProblem(error, folders);
      if (problem !== undefined) violations.push(`${each.name}: ${problem}`);
      if (fingerprint(world) !== before) violations.push(`${each.name}: refused and yet changed`);
      if (error instanceof StrongroomError) refused[error.code] = (refused[error.code] ?? 0) + 1;
    }
  }
  return { ...count, refused, violations };
}

/** The line to print. */
export function damageSummary(what: string, result: Damaged): string {
  const refusals = Object.entries(result.refused).map(([code, times]) => `${times} ${code}`);
  return `${what}: ${result.cases} cases, ${result.intact} intact, ${result.earlier} a frame earlier, ${refusals.join(", ")}, ${result.violations.length} violations`;
}

/** Every `stride`-th byte of every file changed, each in its own way. */
export function* flips(
  world: World,
  stride: number,
  lastFrame?: { readonly path: string; readonly from: number },
): Generator<DamageCase> {
  let count = 0;
  for (const path of world.files()) {
    const content = world.peek(path);
    for (let at = 0; at < content.length; at += 1) {
      count += 1;
      if (count % stride !== 0) continue;
      const inside = lastFrame?.path === path && at >= lastFrame.from;
      const mask = 1 + ((at * 37) % 255);
      yield {
        name: `${path} byte ${at} ^ ${mask}`,
        make: () => changed(world, path, (bytes) => bytes.writeUInt8((bytes[at] ?? 0) ^ mask, at)),
        lastFrameOnly: inside,
      };
    }
  }
}

/** Every file cut to every `stride`-th shorter length. */
export function* truncations(world: World, stride: number): Generator<DamageCase> {
  for (const path of world.files()) {
    const content = world.peek(path);
    for (let length = content.length - 1; length >= 0; length -= stride) {
      yield {
        name: `${path} cut to ${length} of ${content.length}`,
        make: () => poked(world, path, content.subarray(0, length)),
      };
    }
  }
}

/** Any one file missing. */
export function* missing(world: World): Generator<DamageCase> {
  for (const path of world.files()) {
    yield {
      name: `${path} missing`,
      make: () => {
        const copy = world.clone();
        copy.remove(path);
        return copy;
      },
    };
  }
}

/** Any one file of `world` replaced by the one of that name in `other`, or added from there. */
export function* mixed(world: World, other: World, what: string): Generator<DamageCase> {
  for (const path of other.files()) {
    const content = other.peek(path);
    yield { name: `${what}: ${path}`, make: () => poked(world, path, content) };
  }
}

/** A copy of a world in which one file has another content. */
export function poked(world: World, path: string, content: Uint8Array): World {
  const copy = world.clone();
  copy.poke(path, content);
  return copy;
}

function changed(world: World, path: string, change: (bytes: Buffer) => void): World {
  const content = world.peek(path);
  change(content);
  return poked(world, path, content);
}

function isEarlier(shown: Shown, each: DamageCase, expectation: Expectation): boolean {
  return each.lastFrameOnly === true && shown.torn === 1 && shown.state === expectation.earlier;
}

/** What is wrong with a refusal; undefined when it has a code, a file and a hint that help. */
export function refusalProblem(
  error: unknown,
  folders: readonly string[],
  more: readonly ErrorCode[] = [],
): string | undefined {
  if (!(error instanceof StrongroomError)) return `it failed: ${String(error)}`;
  if (![...REFUSALS, ...more].includes(error.code)) return `refused with ${error.code}`;
  const named = folders.some((folder) => error.message.includes(`${folder}/`));
  if (!named) return `no file is named: ${error.message}`;
  return error.hint === ERRORS[error.code].hint ? "the hint is of no use here" : undefined;
}

function fingerprint(world: World): string {
  return world
    .files()
    .map((path) => `${path}:${world.peek(path).toString("base64")}`)
    .join("\n");
}

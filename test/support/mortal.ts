import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { recordOf } from "./daemons.ts";
import { environment, until } from "./processes.ts";

const PROGRAM = fileURLToPath(new URL("programs/mortal-strongroomd.mjs", import.meta.url));

/** Within this time a daemon on a loaded machine comes to its site. */
const DEATH_MS = 60_000;

/** What happens in a daemon while it begins an epoch. */
export type Phase = "compaction" | "open";
/** When, at a call, its process ends. */
export const MOMENTS = ["before", "inside", "after"] as const;

/** A call that changes the vault's files, counted from 1 in its phase. */
export interface MortalSite {
  readonly phase: Phase;
  readonly site: number;
  readonly kind: string;
  /** The file's name, the digits of its epoch left out. */
  readonly name: string;
  readonly moment: string;
}

/** A daemon that may kill itself. */
export interface Mortal {
  readonly pid: number;
  /** The sites that it said so far: all in a rehearsal, else the one at which it died. */
  readonly sites: readonly MortalSite[];
  /** How it ended. */
  readonly ended: Promise<{ readonly signal: NodeJS.Signals | null; readonly said: string }>;
  kill(): void;
}

/** Starts the built daemon of a home so that it kills itself at a site of a phase. */
export function startMortal(
  home: string,
  phase: Phase | "rehearse",
  site: number = 0,
  moment: string = "never",
): Mortal {
  const child = spawn(process.execPath, [PROGRAM, phase, String(site), moment], {
    env: environment(home),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const sites: MortalSite[] = [];
  const said: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (line.startsWith("site ")) sites.push(JSON.parse(line.slice(5)) as MortalSite);
    else said.push(line);
  });
  const ended = once(child, "close").then(([, signal]) => {
    return { signal: signal as NodeJS.Signals | null, said: said.join("\n") };
  });
  return { pid: child.pid ?? 0, sites, ended, kill: () => void child.kill("SIGKILL") };
}

/** Waits for the end of a daemon that was to kill itself; one that lives on is killed. */
export async function deathOf(
  daemon: Mortal,
): Promise<{ readonly signal: NodeJS.Signals | null; readonly said: string }> {
  const late = setTimeout(() => daemon.kill(), DEATH_MS);
  try {
    return await daemon.ended;
  } finally {
    clearTimeout(late);
  }
}

/** Waits until a daemon serves its vault; rejects when it ends before. */
export async function serving(home: string, { pid, ended }: Mortal): Promise<void> {
  const dead = ended.then(({ signal, said }) => {
    throw new Error(`the daemon ended (${String(signal)}) and served nobody: ${said}`);
  });
  dead.catch(() => undefined);
  const served = until("a daemon that serves", () => {
    const record = recordOf(home);
    return record?.pid === pid && record.epoch !== null;
  });
  await Promise.race([dead, served]);
}

/** The places of a phase in which a process can die: each kind of call on each file once. */
export function placesOf(
  sites: readonly MortalSite[],
  phase: Phase,
): readonly (readonly MortalSite[])[] {
  const places = new Map<string, MortalSite[]>();
  for (const site of sites.filter((each) => each.phase === phase)) {
    const name = `${site.kind} ${site.name}`;
    places.set(name, [...(places.get(name) ?? []), site]);
  }
  return [...places.values()];
}

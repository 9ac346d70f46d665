import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { resolveHome, StrongroomError } from "@strongroom/client/protocol";
import type { Home } from "@strongroom/client/protocol";
import { lockVault } from "./guard/start.ts";
import type { LockedVault } from "./guard/start.ts";
import { readBackup } from "./keys/backup.ts";
import { readKeyfile } from "./keys/keyfile.ts";
import { NodeDisk } from "./storage/node-disk.ts";
import { openVault } from "./storage/open.ts";
import { salvage } from "./storage/repair.ts";
import { VaultState } from "./vault/state.ts";

/** The verbs of `strongroomd` that work on files, with no daemon. */
export const OFFLINE = ["repair", "restore-backup"] as const;
/** One of them. */
export type OfflineVerb = (typeof OFFLINE)[number];

/** What such a verb did. */
export interface OfflineReport {
  /** The folder of the new home. */
  readonly home: string;
  /** How many secrets are in it. */
  readonly secrets: number;
  /** One sentence for each thing that could not be read. Empty = all was. */
  readonly lost: readonly string[];
}

/**
 * Runs a verb. What it reads goes into a new home, with a key and an id of its own, below an
 * empty folder; what it read from stays as it is.
 */
export async function runOffline(
  verb: OfflineVerb,
  argv: readonly string[],
  home: Home,
): Promise<OfflineReport> {
  const { file, to } = operands(verb, argv);
  const state = new VaultState();
  const lost = file === undefined ? await repair(home, state) : await restore(home, file, state);
  await bear(to, state);
  return { home: to, secrets: state.counters.live, lost };
}

async function repair(home: Home, sink: VaultState): Promise<readonly string[]> {
  const { vault, lock } = await locked(home, false);
  try {
    return (await salvage({ disk: new NodeDisk(), home: { ...home, vault }, sink })).lost;
  } finally {
    lock.release();
  }
}

async function restore(home: Home, file: string, state: VaultState): Promise<readonly string[]> {
  const disk = new NodeDisk();
  if (!existsSync(file)) {
    throw new StrongroomError("NOT_FOUND", `there is no backup ${file}`, {
      hint: `see which there are: ls ${home.backups}`,
    });
  }
  const path = join(home.config, "keyfile");
  const keyfile = await readKeyfile(disk, path);
  if (keyfile === undefined) {
    throw new StrongroomError("NOT_FOUND", `${path} is missing; it opens the backup`, {
      hint: "put the key file of that vault there, or set STRONGROOM_HOME to its home",
    });
  }
  await readBackup(disk, file, keyfile, (record) => state.record(record));
  return [];
}

async function bear(to: string, state: VaultState): Promise<void> {
  const home = resolveHome({ STRONGROOM_HOME: to });
  const { vault, lock } = await locked(home, true);
  try {
    const opened = await openVault({
      disk: new NodeDisk(),
      home: { ...home, vault },
      mayCreate: true,
      sink: state,
      records: () => state.records(),
    });
    await opened.log.close();
  } finally {
    lock.release();
  }
}

async function locked(home: Home, mayCreate: boolean): Promise<LockedVault> {
  const vault = await lockVault(home, mayCreate);
  if (vault !== "already-running") return vault;
  throw new StrongroomError("UNAVAILABLE", `a daemon serves ${home.vault}`, {
    hint: "strongroom daemon stop",
  });
}

function operands(
  verb: OfflineVerb,
  argv: readonly string[],
): { readonly file: string | undefined; readonly to: string } {
  const usage = `strongroom ${verb}${verb === "repair" ? "" : " FILE"} --to EMPTYDIR`;
  let parsed: { readonly values: { readonly to?: string }; readonly positionals: string[] };
  try {
    const options = { json: { type: "boolean" }, to: { type: "string" } } as const;
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (cause) {
    throw new StrongroomError("INVALID", `${verb} was not understood`, { hint: usage, cause });
  }
  const [file, ...more] = parsed.positionals;
  const { to } = parsed.values;
  const enough = verb === "repair" ? file === undefined : file !== undefined && more.length === 0;
  if (to === undefined || to === "" || !enough) {
    throw new StrongroomError("INVALID", `${verb} was not understood`, { hint: usage });
  }
  if (!isEmpty(to)) {
    throw new StrongroomError("INVALID", `${to} is not an empty folder`, { hint: usage });
  }
  return { file: file === undefined ? undefined : resolve(file), to: resolve(to) };
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

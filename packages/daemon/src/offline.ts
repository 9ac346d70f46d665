import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { resolveHome, shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { Home, Restored } from "@strongroom/client/protocol";
import { lockVault } from "./guard/start.ts";
import type { LockedVault } from "./guard/start.ts";
import { timeOfName } from "./keys/backup-folder.ts";
import { readBackup } from "./keys/backup.ts";
import { readKeyfile } from "./keys/keyfile.ts";
import { parseRecovery } from "./keys/recovery.ts";
import type { Opener } from "./keys/recovery.ts";
import type { Brought } from "./keys/way-in.ts";
import type { Heritage } from "./storage/birth.ts";
import { NodeDisk } from "./storage/node-disk.ts";
import { openVault } from "./storage/open.ts";
import { salvage } from "./storage/repair.ts";
import { endKeys } from "./vault/end-keys.ts";
import { shareCredentials } from "./vault/share-oauth.ts";
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
  /** How many API keys worked in what was read; in the new vault none does. */
  readonly endedKeys: number;
  /** The backup that it was made of; the new vault says so until the owner confirms. */
  readonly restored?: Restored;
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
  const given = operands(verb, argv);
  return given.file === undefined
    ? await repair(home, given)
    : await restore(home, given.file, given);
}

async function repair(home: Home, { to, identity, passphrase }: Operands): Promise<OfflineReport> {
  const state = new VaultState();
  const brought: Brought = passphrase
    ? { passphrase: readFileSync(0) }
    : { identity: identity === undefined ? undefined : (await recoveryKey(identity)).identity };
  const lost = await salvaged(home, state, brought);
  const endedKeys = await bear(to, state, undefined);
  return { home: to, secrets: state.counters.live, endedKeys, lost };
}

async function salvaged(
  home: Home,
  sink: VaultState,
  brought: Brought,
): Promise<readonly string[]> {
  const { vault, lock } = await locked(home, false);
  try {
    const from = { disk: new NodeDisk(), home: { ...home, vault }, ...brought };
    return (await salvage({ ...from, sink })).lost;
  } finally {
    lock.release();
  }
}

async function restore(home: Home, file: string, given: Operands): Promise<OfflineReport> {
  const { to, identity } = given;
  if (!existsSync(file)) {
    throw new StrongroomError("NOT_FOUND", `there is no backup ${file}`, {
      hint: `see which there are: ls ${shellWord(home.backups)}`,
    });
  }
  const state = new VaultState();
  const opener = identity === undefined ? await usualKey(home) : await recoveryKey(identity);
  await readBackup(new NodeDisk(), file, opener, (record) => state.record(record));
  const { live: secrets, revision, maxTime } = state.counters;
  // A copy that was given another name is at least as young as the last change in it.
  const restored = { revision, time: timeOfName(basename(file)) ?? maxTime };
  const { recipient } = opener;
  const recipients =
    identity === undefined ? [] : [{ recipient, label: "recovery", addedAt: Date.now() }];
  const endedKeys = await bear(to, state, { recipients, restored });
  return { home: to, secrets, endedKeys, lost: [], restored };
}

async function usualKey(home: Home): Promise<Opener & { readonly recipient: string }> {
  const path = join(home.config, "keyfile");
  const keyfile = await readKeyfile(new NodeDisk(), path);
  if (keyfile !== undefined) return keyfile;
  throw new StrongroomError("NOT_FOUND", `${path} is missing; it opens the backup`, {
    hint: "use the recovery key: --identity FILE; or put the key file of that vault there, or set STRONGROOM_HOME to its home",
  });
}

async function recoveryKey(from: string): Promise<Opener & { readonly recipient: string }> {
  let text: string;
  try {
    text = readFileSync(from === STDIN ? 0 : from, "utf8");
  } catch (cause) {
    throw new StrongroomError("INVALID", `--identity ${from} cannot be read`, {
      hint: "give it the path of a file that you may read, or - for standard input",
      cause,
    });
  }
  return await parseRecovery(text, from === STDIN ? "standard input" : from);
}

/** Makes the new home; returns how many API keys ended with that. */
async function bear(
  to: string,
  state: VaultState,
  heritage: Heritage | undefined,
): Promise<number> {
  const endedKeys = endKeys(state);
  shareCredentials(state);
  state.audit.detach();
  const home = resolveHome({ STRONGROOM_HOME: to });
  const { vault, lock } = await locked(home, true);
  try {
    const opened = await openVault({
      disk: new NodeDisk(),
      home: { ...home, vault },
      mayCreate: true,
      ...(heritage === undefined ? {} : { heritage }),
      sink: state,
      records: () => state.records(),
      ledger: state.audit,
    });
    await opened.log.close();
    return endedKeys;
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

const STDIN = "-";

interface Operands {
  readonly file: string | undefined;
  readonly to: string;
  /** The file of a recovery key, or `-`. */
  readonly identity: string | undefined;
  /** Whether a passphrase comes by standard input. */
  readonly passphrase: boolean;
}

function operands(verb: OfflineVerb, argv: readonly string[]): Operands {
  const restores = verb === "restore-backup";
  const usage = `strongroom ${verb}${restores ? " FILE" : ""} --to EMPTYDIR`;
  const refuse = (what: string, cause?: unknown): StrongroomError =>
    new StrongroomError("INVALID", what, { hint: usage, cause });
  const { positionals, values } = parsed(argv, (cause) =>
    refuse(`${verb} was not understood`, cause),
  );
  const { identity, passphrase, to } = values;
  const [file] = positionals;
  const strange = passphrase !== undefined && (restores || identity !== undefined);
  const enough = positionals.length === (restores ? 1 : 0) && !strange;
  if (passphrase !== undefined && passphrase !== STDIN) throw refuse(`${verb} was not understood`);
  if (to === undefined || to === "" || !enough) throw refuse(`${verb} was not understood`);
  if (!isEmpty(to)) throw refuse(`${to} is not an empty folder`);
  return {
    file: file === undefined ? undefined : resolve(file),
    to: resolve(to),
    identity,
    passphrase: passphrase !== undefined,
  };
}

interface Parsed {
  readonly positionals: readonly string[];
  readonly values: {
    readonly identity?: string;
    readonly passphrase?: string;
    readonly to?: string;
  };
}

function parsed(argv: readonly string[], refusal: (cause: unknown) => StrongroomError): Parsed {
  const text = { type: "string" } as const;
  const json = { type: "boolean" } as const;
  const options = { identity: text, json, passphrase: text, to: text } as const;
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (cause) {
    throw refusal(cause);
  }
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

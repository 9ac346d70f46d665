import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { StrongroomError } from "@strongroom/client/protocol";
import { writeBackup } from "../keys/backup.ts";
import { Custody } from "../keys/custody.ts";
import type { DataKey } from "../keys/data-key.ts";
import { readRestored } from "../keys/restored.ts";
import { unlockVault, verifyVaultFile } from "../keys/unlock.ts";
import type { Unlocked } from "../keys/unlock.ts";
import type { Sources } from "../keys/ways.ts";
import { parseVault } from "../keys/vault-file.ts";
import type { Brought } from "../keys/way-in.ts";
import { bear, nameVault } from "./birth.ts";
import type { Heritage } from "./birth.ts";
import { readWhole } from "./bytes.ts";
import type { Disk } from "./disk.ts";
import { enter } from "./enter.ts";
import type { Entered } from "./enter.ts";
import { FolderLog } from "./folder-log.ts";
import type { Ledger } from "./ledger.ts";
import type { Log, LogSink } from "./log.ts";
import { Mark, markPath, readMark } from "./mark.ts";
import { FILES } from "./names.ts";
import { pacer } from "./pause.ts";
import { ReadOnlyLog } from "./read-only-log.ts";
import { publishMark, unmarked } from "./publish-mark.ts";
import { remarks, strangers } from "./remarks.ts";
import { retire } from "./retire.ts";
import { survey } from "./survey.ts";
import type { Survey } from "./survey.ts";
import { trouble } from "./trouble.ts";
import { chosenKey } from "./which-key.ts";

const PREALLOCATE_BYTES = 4_194_304;

/** The folders that storage uses: absolute, existing, and the vault's by its real path. */
export interface VaultFolders {
  readonly vault: string;
  readonly config: string;
  readonly state: string;
  readonly backups: string;
}

/** How a vault is opened. */
export interface OpenOptions extends Brought {
  readonly disk: Disk;
  readonly home: VaultFolders;
  /** Whether a vault may be born where there is none. */
  readonly mayCreate: boolean;
  /** Where programs and keychains are asked for keys; those of the system unless told. */
  readonly sources?: Sources | undefined;
  /** What a vault is given that is born here. */
  readonly heritage?: Heritage;
  /** Gets the snapshot's records, then the frames, while the vault is being opened. */
  readonly sink: LogSink;
  /** The state's records, once the sink has all of it: the new snapshot is made from them. */
  readonly records: () => Iterable<Uint8Array>;
  /** The audit, which the sink fills; without one nothing of it is sealed. */
  readonly ledger?: Ledger;
  /** Bytes of journal zeroed in advance; 4 MiB unless told. */
  readonly preallocate?: number;
  /** Called once all is read of a vault that has no mark, before it is written anew. */
  readonly unmarked?: (() => void) | undefined;
  /** Milliseconds that never go back. */
  readonly monotonic?: () => number;
  /** Wall time, milliseconds since 1970; names backups. */
  readonly clock?: () => number;
  /** Gets a line for what went wrong without harm. Never holds a name of a secret. */
  readonly log?: (line: string) => void;
}

/** A vault whose state is in the sink. */
export interface OpenedVault {
  /** 32 hex digits. */
  readonly vaultId: string;
  readonly log: Log;
  readonly mode: "read-only" | "read-write";
  /** Why it is read-only; opening it again may find it writable. */
  readonly reason?: StrongroomError;
  /** Whether this opening made it. */
  readonly born: boolean;
  /** What `doctor` should tell. */
  readonly warnings: readonly string[];
  /** The ways to its key. */
  readonly custody: Custody;
  /** 32 bytes derived from the data key for one purpose. */
  subkey(purpose: string): Buffer;
  /** Writes an encrypted backup of these records; resolves to its path. */
  sealBackup(records: Iterable<Uint8Array>): Promise<string>;
}

/**
 * Opens the vault of a home, or makes it. Rejects with a `StrongroomError` that names the file:
 * `NOT_FOUND`, `CORRUPT`, `WRONG_KEY`, `ROLLED_BACK`, `UNSUPPORTED_FORMAT`, `UNAVAILABLE`,
 * `DISK_FULL` or `READ_ONLY` (a birth that found no room). The caller holds the lock.
 */
export async function openVault(options: OpenOptions): Promise<OpenedVault> {
  try {
    return await open(options);
  } catch (error) {
    throw trouble(error, options.home.vault);
  }
}

async function open(options: OpenOptions): Promise<OpenedVault> {
  const { disk, home } = options;
  const pause = pacer(options.monotonic ?? (() => performance.now()));
  const found = await survey(disk, home.vault);
  const unborn = !found.names.has(FILES.vault);
  const keys = await unlockOrBear(options, found, unborn);
  const { key, half } = await chosenKey({ disk, folder: home.vault, found, keys });
  const place = markPath(home.state, home.vault, key.vaultId);
  const seen = await readMark(disk, place, key, half);
  const entered = await enter(
    {
      ...options,
      folder: home.vault,
      key,
      unborn,
      seen,
      markPath: place,
      preallocate: options.preallocate ?? PREALLOCATE_BYTES,
      pause,
    },
    found,
  );
  const warnings = [...keys.warnings, ...remarks(found, entered)];
  const warn = (line: string): void => options.log?.(line);
  if (unborn) await nameVault({ disk, vaultFolder: home.vault }, key.vaultId);
  const now = options.clock ?? Date.now;
  const custody = new Custody({
    folders: { disk, ...home },
    backups: home.backups,
    key,
    half,
    slots: keys.slots,
    sources: options.sources,
    now,
    restored: await readRestored(disk, home.vault, half === undefined ? [key] : [key, half]),
    readOnly: entered.mode === "read-only" ? entered.reason : undefined,
  });
  const log = await serve(options, entered, {
    custody,
    key,
    settle: async () => void warnings.push(...(await custody.settle())),
    rekeying: half !== undefined,
    pause,
    warn,
    remark: (line) => void warnings.push(line),
    markPath: place,
    found: {
      strangers: strangers(found, entered.authenticated),
      tornFrames: entered.loaded?.torn === true ? 1 : 0,
      mark: seen === undefined && !unborn ? "missing" : "ok",
    },
  });
  for (const line of warnings) warn(line);
  return {
    vaultId: key.vaultId.toString("hex"),
    log,
    mode: entered.mode,
    ...(entered.mode === "read-only" ? { reason: entered.reason } : {}),
    born: unborn,
    warnings,
    custody,
    subkey: (purpose) => custody.key.derive(`subkey ${purpose}`),
    sealBackup: (records) =>
      writeBackup({
        disk,
        folder: home.backups,
        key: custody.key,
        recipients: custody.recipients,
        records,
        time: now(),
        pause,
      }),
  };
}

async function unlockOrBear(
  options: OpenOptions,
  found: Survey,
  unborn: boolean,
): Promise<Unlocked> {
  const { disk, home, mayCreate, heritage, passphrase, identity, sources } = options;
  const { vault: vaultFolder, config: configFolder, state: stateFolder } = home;
  const place = { disk, vaultFolder, configFolder, stateFolder, passphrase, identity, sources };
  if (unborn) return await bear({ ...place, mayCreate, heritage }, found);
  const path = join(home.vault, FILES.vault);
  const vaultId = parseVault(await readWhole(disk, path), path);
  return await unlockVault({ ...place, vaultId });
}

interface Serving {
  readonly custody: Custody;
  readonly key: DataKey;
  /** Ends an interrupted rekey and mends what can be; the mark must know the key before. */
  readonly settle: () => Promise<void>;
  readonly rekeying: boolean;
  readonly pause: () => Promise<void>;
  readonly warn: (line: string) => void;
  /** Gets what `doctor` should tell. */
  readonly remark: (line: string) => void;
  readonly markPath: string;
  readonly found: {
    readonly strangers: readonly string[];
    readonly tornFrames: number;
    readonly mark: "missing" | "ok";
  };
}

async function serve(options: OpenOptions, entered: Entered, serving: Serving): Promise<Log> {
  const { disk, home } = options;
  const { key } = serving;
  const verifyKeys = async (): Promise<void> => {
    await verifyVaultFile(disk, home.vault, key.vaultId);
    await serving.custody.verify();
  };
  const common = { disk, folder: home.vault, key, found: serving.found, verifyKeys };
  const isMarked = serving.found.mark === "ok";
  if (entered.mode === "read-only") {
    const { loaded, highest, reason } = entered;
    const mark = isMarked ? "ok" : "unwritable";
    if (!isMarked) serving.remark("the high-water mark is missing, and nothing can be written");
    const found = { ...serving.found, mark } as const;
    return new ReadOnlyLog({ ...common, found, epoch: loaded.epoch, loaded, highest, reason });
  }
  const { started } = entered;
  const { position } = started.journal;
  const mark = await publishMark(disk, serving, { epoch: started.epoch, position });
  if (mark !== undefined && !isMarked) serving.remark("the high-water mark was missing: rewritten");
  // With a mark of the other data key both keys must stay.
  if (mark === undefined && serving.rekeying) serving.custody.hold(unmarked(serving.markPath));
  else await serving.settle();
  const left = await retire(disk, home.vault, started.epoch, options.ledger?.kept());
  if (left !== undefined) serving.warn(left);
  return new FolderLog({
    ...common,
    started,
    mark,
    ledger: options.ledger,
    remark: (seen, next) => Mark.publish(disk, serving.markPath, seen, next),
    preallocate: options.preallocate ?? PREALLOCATE_BYTES,
    pause: serving.pause,
    warn: serving.warn,
  });
}

import { join } from "node:path";
import { pinPath, StrongroomError } from "@strongroom/client/protocol";
import type { DataKey } from "../keys/data-key.ts";
import { readKeyfile } from "../keys/keyfile.ts";
import { readPin } from "../keys/pin.ts";
import { unlockVault } from "../keys/unlock.ts";
import { parseVault } from "../keys/vault-file.ts";
import type { Brought } from "../keys/way-in.ts";
import { readWhole } from "./bytes.ts";
import type { Disk } from "./disk.ts";
import type { Position } from "./frame.ts";
import type { LogSink } from "./log.ts";
import { compareWithMark, markPath, readMark } from "./mark.ts";
import { epochName, FILES } from "./names.ts";
import type { EpochKind } from "./names.ts";
import type { VaultFolders } from "./open.ts";
import { readCutJournalHeader, readJournalHeader, replayFrames } from "./replay.ts";
import { readSnapshot, readSnapshotHeader } from "./snapshot.ts";
import { survey } from "./survey.ts";
import { trouble } from "./trouble.ts";
import { chosenKey } from "./which-key.ts";
import type { Chosen } from "./which-key.ts";

/** What is read, and into what. */
export interface SalvageOptions extends Brought {
  readonly disk: Disk;
  readonly home: Pick<VaultFolders, "config" | "state" | "vault">;
  /** Gets what authenticates; it must take frames that follow an incomplete snapshot. */
  readonly sink: LogSink;
}

/** What was saved. */
export interface Salvaged {
  /** 32 hex digits. */
  readonly vaultId: string;
  readonly records: number;
  readonly frames: number;
  /**
   * One sentence for each thing that could not be read, naming its file, and one when the mark
   * was moved by a change that is not there. Empty = all was, as far as the mark knows.
   */
  readonly lost: readonly string[];
}

/**
 * Reads whatever of a vault can be authenticated: the newest snapshot that is whole, else the
 * beginning of the newest, then the frames that follow it up to the first damage. Writes
 * nothing, and the caller holds the lock. Rejects only when no key opens the vault.
 */
export async function salvage(options: SalvageOptions): Promise<Salvaged> {
  try {
    return await new Salvage(options).run();
  } catch (error) {
    throw trouble(error, options.home.vault);
  }
}

class Salvage {
  readonly #options: SalvageOptions;
  readonly #lost: string[] = [];
  #records = 0;
  #frames = 0;

  constructor(options: SalvageOptions) {
    this.#options = options;
  }

  async run(): Promise<Salvaged> {
    const { disk, home, sink } = this.#options;
    const { key, half } = await this.#unlock();
    const found = await survey(disk, home.vault);
    const snapshots = found.epochs("snapshot").toReversed();
    if (snapshots.length === 0) this.#lost.push(`${home.vault}: there is no snapshot`);
    const chosen = await this.#choose(snapshots, key);
    let position: Position | undefined;
    if (chosen !== undefined) {
      position = await this.#snapshot(chosen, key, (record) => {
        sink.record(record);
        this.#records += 1;
      });
    }
    const before = this.#lost.length;
    const journals = found.epochs("journal").filter((epoch) => epoch >= (chosen ?? 0n));
    if (chosen !== undefined && journals[0] !== chosen) {
      const path = join(home.vault, epochName("journal", chosen));
      this.#lost.push(`${path}: it is missing, with all that it held`);
    }
    for (const epoch of journals) position = await this.#journal(epoch, key, position);
    if (position !== undefined && this.#lost.length === before)
      await this.#compare(position, key, half);
    return {
      vaultId: key.vaultId.toString("hex"),
      records: this.#records,
      frames: this.#frames,
      lost: [...new Set(this.#lost)],
    };
  }

  /** The id may have to come from the key file, or the pin, when `vault.json` is lost. */
  async #unlock(): Promise<Chosen> {
    const { disk, home, passphrase, identity } = this.#options;
    const place = {
      disk,
      passphrase,
      identity,
      vaultFolder: home.vault,
      configFolder: home.config,
      stateFolder: home.state,
      tolerant: true,
    };
    const path = join(home.vault, FILES.vault);
    const named = await this.#attempt(async () => parseVault(await readWhole(disk, path), path));
    const keyfile = await this.#attempt(() => readKeyfile(disk, join(home.config, FILES.keyfile)));
    const pin = await this.#attempt(() => readPin(disk, pinPath(home.state, home.vault)));
    const pinned = pin === "damaged" ? undefined : pin?.vaultId;
    const vaultId = keyfile?.vaultId ?? named ?? pinned ?? Buffer.alloc(16);
    const keys = await unlockVault({ ...place, vaultId }).catch(explain);
    this.#lost.push(...keys.warnings);
    const found = await survey(disk, home.vault);
    const { advanced, key, next } = keys;
    // What is under the key before that is older, or was written by who had that key once.
    if (advanced && next !== undefined) return { key: next, half: key };
    const chosen = await this.#attempt(() => chosenKey({ disk, folder: home.vault, found, keys }));
    return chosen ?? { key, half: undefined };
  }

  /** The newest snapshot that is whole, else the newest that has a header. */
  async #choose(snapshots: readonly bigint[], key: DataKey): Promise<bigint | undefined> {
    let partial: bigint | undefined;
    for (const epoch of snapshots) {
      const before = this.#lost.length;
      const position = await this.#snapshot(epoch, key, () => {});
      if (position !== undefined && this.#lost.length === before) return epoch;
      if (position !== undefined) partial ??= epoch;
    }
    return partial;
  }

  /** Hands out what authenticates; undefined when not even the header does. */
  async #snapshot(
    epoch: bigint,
    key: DataKey,
    record: (record: Uint8Array) => void,
  ): Promise<Position | undefined> {
    return await this.#opened("snapshot", epoch, async (file) => {
      const header = await readSnapshotHeader(file, epoch, key);
      await this.#attempt(() => readSnapshot(file, header, key, record));
      return header.position;
    });
  }

  /** Frames that follow `from`; returns where they end, undefined once the chain is broken. */
  async #journal(
    epoch: bigint,
    key: DataKey,
    from: Position | undefined,
  ): Promise<Position | undefined> {
    return await this.#opened("journal", epoch, async (file) => {
      const header = await readCutJournalHeader(file, epoch, key);
      // What stood behind the cut, nobody knows.
      await this.#attempt(() => readJournalHeader(file, epoch, key));
      if (from !== undefined && !samePlace(from, header.position)) {
        this.#lost.push(`${file.path}: its frames do not follow what could be read before`);
        return undefined;
      }
      const replay = await this.#attempt(() =>
        replayFrames(file, header, key, (payload) => {
          this.#options.sink.frame(payload);
          this.#frames += 1;
        }),
      );
      if (replay?.torn === true) this.#lost.push(`${file.path}: a torn frame at its end`);
      return replay?.position;
    });
  }

  /** Of frames that are gone to the last byte only the mark knows. */
  async #compare(position: Position, key: DataKey, half: DataKey | undefined): Promise<void> {
    const { disk, home } = this.#options;
    const path = markPath(home.state, home.vault, key.vaultId);
    await this.#attempt(async () => {
      compareWithMark(position, await readMark(disk, path, key, half), path);
    });
  }

  async #opened<T>(
    kind: EpochKind,
    epoch: bigint,
    work: (file: Awaited<ReturnType<Disk["open"]>>) => Promise<T>,
  ): Promise<T | undefined> {
    const { disk, home } = this.#options;
    return await this.#attempt(async () => {
      const file = await disk.open(join(home.vault, epochName(kind, epoch)));
      try {
        return await work(file);
      } finally {
        await file.close();
      }
    });
  }

  /** Damage and unreadable files are noted; a format that is not known here is not damage. */
  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const known = trouble(error, this.#options.home.vault);
      if (known instanceof StrongroomError && known.code === "INTERNAL") throw error;
      this.#lost.push(known.message);
      return undefined;
    }
  }
}

function samePlace(one: Position, other: Position): boolean {
  return one.sequence === other.sequence && one.tag.equals(other.tag);
}

/** No daemon is asked here. */
function explain(error: unknown): never {
  const refused = error instanceof StrongroomError ? error : undefined;
  if (refused?.hint.includes("strongroom unlock") !== true) throw error;
  throw new StrongroomError(refused.code, refused.message, {
    hint: refused.hint.includes("--identity")
      ? "strongroom repair --to EMPTYDIR --identity FILE"
      : "strongroom repair --to EMPTYDIR --passphrase-file FILE",
    cause: refused,
  });
}

import { join } from "node:path";
import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import { discard } from "../storage/bytes.ts";
import { FILES } from "../storage/names.ts";
import { corrupt, isBarred, isUnwritable, trouble } from "../storage/trouble.ts";
import type { DataKey } from "./data-key.ts";
import { readKeyfile } from "./keyfile.ts";
import type { Keyfile } from "./keyfile.ts";
import type { KeyFolders } from "./settle.ts";
import { readOnlyRefusal, unknown } from "./slot-refusals.ts";
import type { Slot } from "./slot.ts";
import { authenticateSlots, parseSlots } from "./slots.ts";
import { readNamed } from "./unlock.ts";

/** What is demanded of slots besides: that they are these; a seal by the key that follows. */
interface Demanded {
  readonly these?: readonly Slot[];
  readonly next?: DataKey;
}

/** The files of the keys of an open vault, read and changed with care. */
export class SlotStore {
  readonly folders: KeyFolders;
  readonly #readOnly: StrongroomError | undefined;

  /** `readOnly`: why nothing may be written, when that is so. */
  constructor(folders: KeyFolders, readOnly: StrongroomError | undefined) {
    this.folders = folders;
    this.#readOnly = readOnly;
  }

  /** Whether it may be written to. */
  get writable(): boolean {
    return this.#readOnly === undefined;
  }

  /**
   * What stands in `slots.json`; `CORRUPT` when that is not what the holder of the key wrote, or not
   * as demanded, with the command that mends it where the previous copy can.
   */
  async read(key: DataKey, demanded: Demanded = {}): Promise<readonly Slot[]> {
    const path = join(this.folders.vault, FILES.slots);
    try {
      return await this.#slotsIn(path, key, demanded);
    } catch (error) {
      const refusal = trouble(error, path);
      if (refusal.code !== "CORRUPT") throw refusal;
      const previous = join(this.folders.vault, FILES.slotsPrevious);
      const whole = await this.#slotsIn(previous, key, demanded).catch(() => undefined);
      if (whole === undefined) throw refusal;
      const hint = `${previous} is whole: cp ${shellWord(previous)} ${shellWord(path)}; then: strongroom verify`;
      throw new StrongroomError("CORRUPT", refusal.message, { hint, cause: error });
    }
  }

  async #slotsIn(path: string, key: DataKey, { next, these }: Demanded): Promise<readonly Slot[]> {
    const parsed = parseSlots(await readNamed(this.folders.disk, path), path);
    authenticateSlots(parsed, key, path);
    if (next !== undefined) authenticateSlots(parsed, next, path, "nextMac");
    if (these === undefined || JSON.stringify(parsed.slots) === JSON.stringify(these)) {
      return parsed.slots;
    }
    // An older copy under the same key: a slot that went would be given the next one.
    throw corrupt(path, "it holds other slots than the vault has");
  }

  /**
   * Writes. A disk that took nothing, or let nothing be done, is a refusal, where that may be; after
   * any other failure nobody knows: `DURABILITY_UNKNOWN`.
   */
  async write(work: () => Promise<void>, mayRefuse = true): Promise<void> {
    if (this.#readOnly !== undefined) throw readOnlyRefusal(this.#readOnly);
    const { disk, vault } = this.folders;
    const paths = [FILES.slots, FILES.restored].map((name) => join(vault, name));
    const inodes = (): string => paths.map((path) => disk.identify(path)?.inode).join();
    const before = inodes();
    try {
      await work();
    } catch (error) {
      const known = trouble(error, vault);
      const isRefusal = isUnwritable(error) || isBarred(error);
      if (mayRefuse && isRefusal && inodes() === before) throw known;
      throw unknown(`whether the slots were changed is unknown: ${known.message}`, error);
    }
  }

  /** Takes the key file away, durably. */
  async removeKeyfile(path: string): Promise<void> {
    const { config, disk } = this.folders;
    await discard(disk, path);
    await disk.syncFolder(config);
  }

  /** The key file when it is the one of this slot, whatever vault its lines name. */
  async keyfileOf(slot: Slot): Promise<Keyfile | undefined> {
    const { disk, config } = this.folders;
    const keyfile = await readKeyfile(disk, join(config, FILES.keyfile)).catch(() => undefined);
    return keyfile?.recipient === slot.recipient ? keyfile : undefined;
  }
}

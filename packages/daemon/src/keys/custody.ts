import { join } from "node:path";
import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import type { Params, Restored, Result, SlotEntry } from "@strongroom/client/protocol";
import { discard } from "../storage/bytes.ts";
import type { Disk } from "../storage/disk.ts";
import { FILES } from "../storage/names.ts";
import { isUnwritable, trouble } from "../storage/trouble.ts";
import { newestBackup } from "./backup-folder.ts";
import type { DataKey } from "./data-key.ts";
import { authenticateSlots, parseSlots, recipientSlot, recipientsOf } from "./slots.ts";
import { replaceSlots, slotId, slotsText } from "./slots.ts";
import type { Slot } from "./slots.ts";
import { readNamed } from "./unlock.ts";

/** What the keeper of the keys is made of. */
export interface CustodyParts {
  readonly disk: Disk;
  readonly vault: string;
  readonly backups: string;
  readonly key: DataKey;
  readonly slots: readonly Slot[];
  readonly restored: Restored | undefined;
  /** Why nothing may be written, when that is so. */
  readonly readOnly: StrongroomError | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * The ways to the data key of an open vault, and what is known of a loss: that one was met, or
 * how one would be. It is changed in the daemon's queue alone, with no frame in flight.
 */
export class Custody {
  readonly #parts: CustodyParts;
  #slots: readonly Slot[];
  #restored: Restored | undefined;

  constructor(parts: CustodyParts) {
    this.#parts = parts;
    this.#slots = parts.slots;
    this.#restored = parts.restored;
  }

  /** Whom backups are for. */
  get recipients(): readonly string[] {
    return recipientsOf(this.#slots);
  }

  /** What the vault was made of, until `confirm`. */
  get restored(): Restored | undefined {
    return this.#restored;
  }

  /** Every slot, without what it wraps. */
  list(): readonly SlotEntry[] {
    return this.#slots.map(entryOf);
  }

  /**
   * Gives the data key to a recipient, and returns what stands on the disk afterwards; one that
   * has it already keeps it. `slots.json` is read first: a damaged one must not take the place of
   * its previous copy. Rejects with `DURABILITY_UNKNOWN` when writing failed half way.
   */
  async add({
    recipient,
    label,
  }: Params<"slot/add">): Promise<Omit<Result<"slot/add">, "revision">> {
    const { disk, vault, key, now } = this.#parts;
    const before = await this.#read();
    if (find(before, recipient) === undefined) {
      this.#writableOrThrow();
      if (before.length >= LIMITS.slots) throw tooMany();
      const addedAt = now();
      const slot = await recipientSlot(key, {
        recipient,
        addedAt,
        ...(label === undefined ? {} : { label }),
      });
      const path = join(vault, FILES.slots);
      const old = disk.identify(path);
      const unchanged = (): boolean => disk.identify(path)?.inode === old?.inode;
      await this.#settle(unchanged, () =>
        replaceSlots(disk, vault, slotsText([...before, slot], key)),
      );
    }
    this.#slots = await this.#read();
    const slot = find(this.#slots, recipient);
    if (slot === undefined) throw unknown("the slot is not there", undefined);
    return {
      ...entryOf(slot),
      wrapped: slot.wrapped,
      vault: key.vaultId.toString("hex"),
      check: key.check.toString("hex"),
    };
  }

  /** The owner has seen what the vault was made of; false when there was nothing to confirm. */
  async confirm(): Promise<boolean> {
    if (this.#restored === undefined) return false;
    this.#writableOrThrow();
    const { disk, vault } = this.#parts;
    const path = join(vault, FILES.restored);
    await this.#settle(
      () => disk.identify(path) !== undefined,
      async () => {
        await discard(disk, path);
        await disk.syncFolder(vault);
      },
    );
    this.#restored = undefined;
    return true;
  }

  /** When the newest backup was made that every slot of today opens. */
  async backupAt(): Promise<number | undefined> {
    const { disk, backups, now } = this.#parts;
    const since = Math.max(0, ...this.#slots.map(({ addedAt = 0 }) => addedAt));
    const wanted = { recipients: this.recipients.length, since, now: now() };
    return await newestBackup(disk, backups, wanted);
  }

  /** Rejects with `CORRUPT` when `slots.json` is missing or not what was written to it. */
  async verify(): Promise<void> {
    await this.#read();
  }

  async #read(): Promise<readonly Slot[]> {
    const { disk, vault, key } = this.#parts;
    const path = join(vault, FILES.slots);
    try {
      const parsed = parseSlots(await readNamed(disk, path), path);
      authenticateSlots(parsed, key, path);
      return parsed.slots;
    } catch (error) {
      throw trouble(error, path);
    }
  }

  #writableOrThrow(): void {
    const { readOnly } = this.#parts;
    if (readOnly === undefined) return;
    throw new StrongroomError("READ_ONLY", `the vault is read-only: ${readOnly.message}`, {
      hint: readOnly.hint,
      cause: readOnly,
    });
  }

  /** A disk that took nothing is a refusal; after any other failure nobody knows. */
  async #settle(unchanged: () => boolean, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (isUnwritable(error) && unchanged()) throw trouble(error, this.#parts.vault);
      throw unknown("whether the slots were changed is unknown", error);
    }
  }
}

function find(slots: readonly Slot[], recipient: string): Slot | undefined {
  return slots.find((slot) => slot.recipient === recipient);
}

function entryOf(slot: Slot): SlotEntry {
  const { type, recipient, label, addedAt } = slot;
  return {
    slot: slotId(slot),
    type,
    ...(recipient === undefined ? {} : { recipient }),
    ...(label === undefined ? {} : { label }),
    ...(addedAt === undefined ? {} : { addedAt }),
  };
}

function unknown(what: string, cause: unknown): StrongroomError {
  return new StrongroomError("DURABILITY_UNKNOWN", what, {
    hint: "see what the vault holds after: strongroom daemon restart",
    cause,
  });
}

function tooMany(): StrongroomError {
  return new StrongroomError("TOO_LARGE", `a vault has at most ${LIMITS.slots} slots`, {
    hint: "see which there are: strongroom status",
  });
}

import { join } from "node:path";
import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import type { Params, Restored, Result, SlotEntry } from "@strongroom/client/protocol";
import { discard } from "../storage/bytes.ts";
import { FILES } from "../storage/names.ts";
import { trouble } from "../storage/trouble.ts";
import { newestBackup } from "./backup-folder.ts";
import type { DataKey } from "./data-key.ts";
import { find, newSlot } from "./new-slot.ts";
import { nextKey, twoKeys } from "./rekey.ts";
import { changeSlots, settleRekey, slotsUnder, tidy } from "./settle.ts";
import type { KeyFolders } from "./settle.ts";
import { lastProof, lastWay, tooMany, unknown, unknownSlot } from "./slot-refusals.ts";
import { SlotStore } from "./slot-store.ts";
import { entryOf, recipientsOf, slotId } from "./slot.ts";
import type { Slot } from "./slot.ts";
import { isProofLeft, isWayLeft } from "./way-left.ts";
import { accountOf, systemSources } from "./ways.ts";
import type { Sources } from "./ways.ts";

/** What the keeper of the keys is made of. */
export interface CustodyParts {
  readonly folders: KeyFolders;
  readonly backups: string;
  /** The data key that the files are under. */
  readonly key: DataKey;
  readonly slots: readonly Slot[];
  /** What `slots.json` is authenticated by, while it holds another data key beside this one. */
  readonly half?: DataKey | undefined;
  readonly restored: Restored | undefined;
  /** Why nothing may be written, when that is so. */
  readonly readOnly: StrongroomError | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sources?: Sources | undefined;
}

/** Puts all that the data key seals under another one; resolves when that is durable. */
export type Reseal = (key: DataKey) => Promise<void>;

/**
 * The ways to the data key of an open vault, and what is known of a loss: that one was met, or
 * how one would be. It is changed in the daemon's queue alone, with no frame in flight.
 */
export class Custody {
  readonly #parts: CustodyParts;
  readonly #store: SlotStore;
  readonly #sources: Sources;
  #key: DataKey;
  #slots: readonly Slot[];
  #half: DataKey | undefined;
  #restored: Restored | undefined;
  #held: StrongroomError | undefined;

  constructor(parts: CustodyParts) {
    this.#parts = parts;
    this.#store = new SlotStore(parts.folders, parts.readOnly);
    this.#sources = parts.sources ?? systemSources;
    this.#key = parts.key;
    this.#half = parts.half;
    const moved = parts.half?.check.equals(parts.key.check) === false;
    this.#slots = slotsUnder(parts.slots, moved ? "next" : "wrapped");
    this.#restored = parts.restored;
  }

  /** The data key of now. */
  get key(): DataKey {
    return this.#key;
  }

  /** Whom backups are for. */
  get recipients(): readonly string[] {
    return recipientsOf(this.#slots);
  }

  /** The slots of now. */
  get slots(): readonly Slot[] {
    return this.#slots;
  }

  /** What the vault was made of, until `confirm`. */
  get restored(): Restored | undefined {
    return this.#restored;
  }

  /** Every slot, without what it wraps. */
  list(): readonly SlotEntry[] {
    return this.#slots.map(entryOf);
  }

  /** Keeps both data keys, for this reason. */
  hold(reason: StrongroomError): void {
    this.#held = reason;
  }

  /** Ends an interrupted rekey, and mends what an opening can; resolves to what is to be told. */
  async settle(): Promise<readonly string[]> {
    if (!this.#store.writable) return [];
    try {
      await this.#whole();
      return await tidy(this.#parts.folders, this.#slots, this.#key);
    } catch (error) {
      const { vault } = this.#parts.folders;
      return [`the keys could not be brought up to date: ${trouble(error, vault).message}`];
    }
  }

  /**
   * One more way to the data key, proved before it is written; returns what stands on the disk
   * afterwards. A recipient that has a slot keeps it. Damaged slots must not take the place of their
   * previous copy, nor those beside two data keys. `DURABILITY_UNKNOWN` when writing failed half way.
   */
  async add(asked: Params<"slot/add">): Promise<Omit<Result<"slot/add">, "revision">> {
    const { folders, now } = this.#parts;
    if (this.#half !== undefined) await this.#changeable();
    const there = await this.#read();
    const known = asked.type === "recipient" ? find(there, asked.recipient) : undefined;
    if (known !== undefined) return this.#added(known);
    await this.#changeable();
    if (there.length >= LIMITS.slots) throw tooMany();
    const ground = { folders, key: this.#key, sources: this.#sources, slots: there, now: now() };
    const slot = await newSlot(ground, asked).catch((error: unknown) => {
      throw trouble(error, folders.config);
    });
    if (slot === undefined) return this.#added(there.find(({ type }) => type === asked.type));
    const slots = [...there, slot];
    await this.#store.write(() => changeSlots(folders, slots, this.#key));
    this.#slots = await this.#store.read(this.#key);
    return this.#added(find(this.#slots, slot.recipient));
  }

  /**
   * Ends a way to the data key; with a new data key unless `keepDataKey`, so that what was kept of
   * the old one opens nothing that is written from then on. The key file goes with its slot.
   * `provable`: another must be left by which an owner can be known.
   */
  async remove(
    { slot: id, keepDataKey = false }: Params<"slot/remove">,
    reseal: Reseal,
    provable = false,
  ): Promise<Omit<Result<"slot/remove">, "revision">> {
    const { folders } = this.#parts;
    await this.#changeable();
    const before = await this.#read();
    const slot = before.find((each) => slotId(each) === id);
    if (slot === undefined) throw unknownSlot();
    const rest = before.filter((each) => each !== slot);
    if (!(await isWayLeft(rest, this.#store, this.#sources, this.#key.vaultId))) throw lastWay();
    if (provable && !(await isProofLeft(rest, this.#store, this.#key.vaultId))) throw lastProof();
    const file = (await this.#store.keyfileOf(slot))?.path;
    const pin = { always: file !== undefined };
    if (keepDataKey) {
      await this.#store.write(() => changeSlots(folders, rest, this.#key, pin));
      this.#slots = rest;
    } else await this.rekey(reseal, id);
    if (file !== undefined) await this.#store.write(() => this.#store.removeKeyfile(file), false);
    if (slot.type === "keychain") await this.#forget();
    return {
      slot: id,
      type: slot.type,
      rekeyed: !keepDataKey,
      ...(file === undefined ? {} : { removedFile: file }),
    };
  }

  /**
   * A new data key for the vault: both are in the slots until everything is under the new one. It
   * may end at any point: opening goes on under the key that the files are then under.
   */
  async rekey(reseal: Reseal, without?: string): Promise<void> {
    const { folders } = this.#parts;
    await this.#changeable();
    const before = await this.#read();
    const old = this.#key;
    const next = nextKey(old);
    const both = await twoKeys(folders, before, next, without);
    await this.#store.write(() => changeSlots(folders, both, old, { next }));
    try {
      await reseal(next);
    } catch (error) {
      // Nothing is under the new key: what was written of it goes now, or when there is room.
      if (!(error instanceof StrongroomError) || error.code === "DURABILITY_UNKNOWN") throw error;
      this.#half = old;
      await this.settle();
      throw error;
    }
    this.#key = next;
    this.#half = old;
    this.#slots = slotsUnder(both, "next");
    await this.#store.write(() => this.#whole(), false);
  }

  /** The owner has seen what the vault was made of; false when there was nothing to confirm. */
  async confirm(): Promise<boolean> {
    if (this.#restored === undefined) return false;
    const { disk, vault } = this.#parts.folders;
    const path = join(vault, FILES.restored);
    await this.#store.write(async () => {
      await discard(disk, path);
      await disk.syncFolder(vault);
    });
    this.#restored = undefined;
    return true;
  }

  /** When the newest backup was made that every slot of today opens. */
  async backupAt(): Promise<number | undefined> {
    const { folders, backups, now } = this.#parts;
    const since = Math.max(0, ...this.#slots.map(({ addedAt = 0 }) => addedAt));
    const wanted = { recipients: this.recipients.length, since, now: now() };
    return await newestBackup(folders.disk, backups, wanted);
  }

  /** Rejects with `CORRUPT` when `slots.json` is missing or not what was written to it. */
  async verify(): Promise<void> {
    await this.#read();
  }

  #read(): Promise<readonly Slot[]> {
    if (this.#half === undefined) return this.#store.read(this.#key, { these: this.#slots });
    return this.#store.read(this.#half, this.#half === this.#key ? {} : { next: this.#key });
  }

  async #whole(): Promise<void> {
    if (this.#half === undefined) return;
    await settleRekey(this.#parts.folders, this.#slots, this.#key, this.#restored);
    this.#half = undefined;
  }

  async #changeable(): Promise<void> {
    if (this.#half !== undefined && this.#held !== undefined) throw this.#held;
    await this.#store.write(() => this.#whole());
  }

  /** What the keychain keeps opens nothing any more: not to get at it is no failure. */
  async #forget(): Promise<void> {
    await this.#sources.keychain.forget(accountOf(this.#key.vaultId)).catch(() => {});
  }

  #added(slot: Slot | undefined): Omit<Result<"slot/add">, "revision"> {
    if (slot === undefined) throw unknown("the slot is not there", undefined);
    return {
      ...entryOf(slot),
      wrapped: slot.wrapped,
      vault: this.#key.vaultId.toString("hex"),
      check: this.#key.check.toString("hex"),
    };
  }
}

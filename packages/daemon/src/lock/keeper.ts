import type { AutolockPolicy, StrongroomError } from "@strongroom/client/protocol";
import type { Disk } from "../storage/disk.ts";
import { Autolock } from "./autolock.ts";
import type { Clocks } from "./clocks.ts";
import { systemClocks } from "./clocks.ts";
import { Marker } from "./marker.ts";
import type { LockReason } from "./marker.ts";
import { readPolicy, writePolicy } from "./policy.ts";
import { lockedError } from "./refusal.ts";

/** What is done about the lock in this process; it moves in `opened`, `judge` and `lock`. */
type State =
  | { readonly kind: "free" }
  /** A time is over and everything is refused; `marking`: its marker is on its way, or there. */
  | { readonly kind: "due"; readonly why: LockReason; readonly marking: boolean }
  | { readonly kind: "locked"; readonly why: LockReason };

/** Whether the vault is locked, or must be: all that is known of it in this process. */
export class Keeper {
  readonly #disk: Disk;
  readonly #stateFolder: string;
  readonly #marker: Marker;
  readonly #autolock: Autolock;
  #state: State = { kind: "free" };

  constructor(disk: Disk, stateFolder: string, clocks: Clocks = systemClocks) {
    this.#disk = disk;
    this.#stateFolder = stateFolder;
    this.#marker = new Marker(disk, stateFolder);
    this.#autolock = new Autolock(clocks);
  }

  /** When the vault locks itself. */
  get policy(): AutolockPolicy {
    return this.#autolock.policy;
  }

  /** What everything is refused with, once the vault is locked or a time is over. */
  get refusal(): StrongroomError | undefined {
    return this.#state.kind === "free" ? undefined : lockedError(this.#state.why);
  }

  /** Rejects with `LOCKED` while the marker is there, and when that cannot be known. */
  async checkUnlocked(): Promise<void> {
    const why = await this.#marker.read();
    if (why !== undefined) throw lockedError(why);
  }

  /** The vault is open: nothing keeps it locked any more, and its times begin. Never rejects. */
  async opened(): Promise<void> {
    this.#autolock.begin(await readPolicy(this.#disk, this.#stateFolder));
    this.#state = { kind: "free" };
    // Where the marker cannot be removed the next start is locked, which does no harm.
    await this.#marker.remove().catch(() => undefined);
  }

  /**
   * The owner unlocks a vault that is open: its times begin anew, also where one was over and no
   * marker could be left. False once the marker is on its way, or there.
   */
  excuse(): boolean {
    if (this.#state.kind === "locked" || (this.#state.kind === "due" && this.#state.marking)) {
      return false;
    }
    this.#state = { kind: "free" };
    this.#autolock.begin(this.policy);
    return true;
  }

  /** The owner chooses when it locks itself; durable when it resolves. */
  async choose(policy: AutolockPolicy): Promise<void> {
    await writePolicy(this.#disk, this.#stateFolder, policy);
    this.#autolock.begin(policy);
  }

  /**
   * Judges the times of an open vault; `isUse`: it is used now. From the first that is over on
   * everything is refused. Returns why the vault has to be locked, until `lock` is at it.
   */
  judge(isUse: boolean): LockReason | undefined {
    if (this.#state.kind === "free") {
      const why = this.#autolock.due(isUse);
      if (why !== undefined) this.#state = { kind: "due", why, marking: false };
    }
    return this.#state.kind === "due" && !this.#state.marking ? this.#state.why : undefined;
  }

  /** Leaves the marker; then everything is refused. Rejects when it could not be made durable. */
  async lock(why: LockReason): Promise<void> {
    if (this.#state.kind === "due") this.#state = { ...this.#state, marking: true };
    try {
      await this.#marker.put(why);
      this.#state = { kind: "locked", why };
    } catch (error) {
      if (this.#state.kind === "due") this.#state = { ...this.#state, marking: false };
      throw error;
    }
  }
}

import { StrongroomError } from "@strongroom/client/protocol";
import type { Disk } from "@strongroom/daemon/src/storage/disk.ts";
import { openVault } from "@strongroom/daemon/src/storage/open.ts";
import type { OpenedVault, OpenOptions } from "@strongroom/daemon/src/storage/open.ts";
import { readSegment } from "@strongroom/daemon/src/storage/segment.ts";
import type { SegmentPlace } from "@strongroom/daemon/src/storage/ledger.ts";
import { Engine } from "@strongroom/daemon/src/turn/engine.ts";
import { systemTimers } from "@strongroom/daemon/src/turn/timers.ts";
import { VaultState } from "@strongroom/daemon/src/vault/state.ts";
import { HOME } from "./opaque-vault.ts";
import { gateOver } from "./gate.ts";
import { ScriptedProvider } from "./oauth/scripted-provider.ts";
import { TestClock, TestServices } from "./vault.ts";

/** The whole of it but guard and server: the turn over the vault's state over its folder. */
export class DiskVault {
  readonly opened: OpenedVault;
  readonly state: VaultState;
  readonly engine: Engine;
  readonly clock: TestClock;

  private constructor(disk: Disk, opened: OpenedVault, state: VaultState, clock: TestClock) {
    const vaultId = Buffer.from(opened.vaultId, "hex");
    const folder = { disk, folder: HOME.vault, vaultId };
    this.opened = opened;
    this.state = state;
    this.clock = clock;
    this.engine = new Engine({
      state,
      gate: gateOver(state, clock),
      log: opened.log,
      provider: new ScriptedProvider(),
      requestKey: state.requests.key ?? opened.subkey("requests"),
      services: Object.assign(new TestServices(), {
        custody: opened.custody,
        segment: (place: SegmentPlace, record: (record: Uint8Array) => void) =>
          readSegment(folder, place, record),
      }),
      clock,
      // A vault that is killed is never drained: a timer would keep it in memory for ever.
      timers: { soon: systemTimers.soon, after: systemTimers.after, every: () => () => {} },
      onPoisoned: () => {},
    });
  }

  static async open(
    disk: Disk,
    clock: TestClock = new TestClock(),
    options: Partial<OpenOptions> = {},
  ): Promise<DiskVault> {
    const state = new VaultState();
    const opened = await openVault({
      disk,
      home: HOME,
      mayCreate: true,
      preallocate: 16_384,
      sink: state,
      records: () => state.records(),
      ledger: state.audit,
      ...options,
    });
    return new DiskVault(disk, opened, state, clock);
  }

  /** As the daemon does it: a disk that was full is tried once more. */
  static async openWritable(disk: Disk, clock: TestClock): Promise<DiskVault> {
    try {
      const vault = await DiskVault.open(disk, clock);
      if (vault.opened.mode === "read-write") return vault;
      await vault.close();
    } catch (error) {
      if (!(error instanceof StrongroomError) || error.code !== "DISK_FULL") throw error;
    }
    return await DiskVault.open(disk, clock);
  }

  /** Compacts; a full disk leaves it as it is. */
  async compact(): Promise<void> {
    const caller = { actor: "owner", signal: new AbortController().signal };
    try {
      await this.engine.execute("vault/compact", {}, caller);
    } catch (error) {
      if (!(error instanceof StrongroomError) || error.code !== "DISK_FULL") throw error;
    }
  }

  async close(): Promise<void> {
    await this.engine.drain();
    await this.opened.log.close();
  }
}

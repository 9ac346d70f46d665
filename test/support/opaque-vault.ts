import type { Disk } from "@strongroom/daemon/src/storage/disk.ts";
import type { Log, LogSink } from "@strongroom/daemon/src/storage/log.ts";
import { openVault } from "@strongroom/daemon/src/storage/open.ts";
import type {
  OpenedVault,
  OpenOptions,
  VaultFolders,
} from "@strongroom/daemon/src/storage/open.ts";

/** A home on a simulated disk. */
export const HOME: VaultFolders = {
  vault: "/home/vault",
  config: "/home/config",
  state: "/home/state",
  backups: "/home/backups",
};

/** The simplest state there is: the texts that were appended, in order. */
export class OpaqueState implements LogSink {
  readonly texts: string[] = [];

  record(record: Uint8Array): void {
    this.texts.push(Buffer.from(record).toString());
  }

  frame(payload: Uint8Array): void {
    this.texts.push(Buffer.from(payload).toString());
  }

  *records(): Generator<Uint8Array> {
    for (const text of this.texts) yield Buffer.from(text);
  }
}

/** A vault over an opaque state: appends texts, and knows what it holds. */
export class OpaqueVault {
  readonly opened: OpenedVault;
  readonly state: OpaqueState;

  private constructor(opened: OpenedVault, state: OpaqueState) {
    this.opened = opened;
    this.state = state;
  }

  static async open(disk: Disk, options: Partial<OpenOptions> = {}): Promise<OpaqueVault> {
    const state = new OpaqueState();
    const opened = await openVault({
      disk,
      home: HOME,
      mayCreate: true,
      preallocate: 16_384,
      sink: state,
      records: () => state.records(),
      ...options,
    });
    return new OpaqueVault(opened, state);
  }

  get log(): Log {
    return this.opened.log;
  }

  get texts(): readonly string[] {
    return this.state.texts;
  }

  /** As the turn does it: append, publish, reply, mark. */
  async append(text: string, reserve = false): Promise<void> {
    await this.log.append(Buffer.from(text), { reserve });
    this.state.texts.push(text);
    this.log.mark();
  }

  async compact(): Promise<void> {
    await this.log.replace(this.state.records());
  }

  async close(): Promise<void> {
    await this.log.close();
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import type { Log, LogFigures, LogSink } from "@strongroom/daemon/src/storage/log.ts";
import { StrongroomError } from "@strongroom/client/protocol";

/** How an append fails, and whether its frame is found at the next opening all the same. */
export interface Failure {
  readonly code: "DISK_FULL" | "DURABILITY_UNKNOWN";
  readonly kept: boolean;
  /** Whether it hits only frames that may not use the reserve. */
  readonly sparesReserve?: boolean;
}

/** A log in memory: the second implementation of the interface, slow or failing on demand. */
export class MemoryLog implements Log {
  /** What happened, in order: `append`, `durable`, `fence`, `mark`, `replace`. */
  readonly events: string[] = [];
  /** Milliseconds that an append takes beyond one turn of the event loop. */
  latencyMs = 0;
  /** Whether another process has taken the vault. */
  stolen = false;
  /** Whether no file can be opened to look whether one has. */
  scarce = false;
  failure: Failure | undefined;
  /** Pretended sizes, for the decision to compact. */
  journalBytes = 0;
  #records: readonly Buffer[];
  #frames: Buffer[];
  #epoch = 1;
  #inFlight = 0;
  #poisoned = false;
  #gate: Promise<void> | undefined;
  #open: (() => void) | undefined;

  constructor(records: readonly Buffer[] = [], frames: readonly Buffer[] = []) {
    this.#records = records;
    this.#frames = [...frames];
  }

  /** What a new process would find. */
  reopened(): MemoryLog {
    return new MemoryLog(this.#records, this.#frames);
  }

  replay(sink: LogSink): void {
    for (const record of this.#records) sink.record(record);
    for (const frame of this.#frames) sink.frame(frame);
  }

  /** From now on appends wait for `release`. */
  hold(): void {
    this.#gate ??= new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  release(): void {
    this.#open?.();
    this.#gate = undefined;
  }

  get frames(): readonly Buffer[] {
    return this.#frames;
  }

  get records(): readonly Buffer[] {
    return this.#records;
  }

  async append(payload: Uint8Array, { reserve }: { readonly reserve: boolean }): Promise<void> {
    this.#check();
    if (this.#inFlight > 0) throw new TypeError("a frame is in flight");
    this.#inFlight++;
    this.events.push("append");
    // The bytes are the caller's again when this settles, so they are taken at once.
    const frame = Buffer.from(payload);
    try {
      await this.#gate;
      await sleep(this.latencyMs);
      const { failure } = this;
      if (failure !== undefined && !(reserve && failure.sparesReserve === true)) {
        if (failure.kept) this.#frames.push(frame);
        this.#poisoned = failure.code === "DURABILITY_UNKNOWN";
        throw new StrongroomError(failure.code, "the memory log fails as it was told");
      }
      this.#frames.push(frame);
      this.journalBytes += frame.length;
      if (!this.scarce) this.fence();
      this.events.push("durable");
    } finally {
      this.#inFlight--;
    }
  }

  async replace(records: Iterable<Uint8Array>): Promise<void> {
    this.#check();
    if (this.#inFlight > 0) throw new TypeError("a frame is in flight");
    this.#inFlight++;
    try {
      await this.#gate;
      const taken: Buffer[] = [];
      for (const record of records) taken.push(Buffer.from(record));
      if (this.failure?.code === "DISK_FULL") {
        throw new StrongroomError("DISK_FULL", "the memory log fails as it was told");
      }
      this.#records = taken;
      this.#frames = [];
      this.#epoch++;
      this.journalBytes = 0;
      this.events.push("replace");
    } finally {
      this.#inFlight--;
    }
  }

  fence(): void {
    this.events.push("fence");
    if (this.stolen) this.#poisoned = true;
    this.#check();
    if (this.scarce) throw new StrongroomError("BUSY", "no file can be opened");
  }

  mark(): void {
    this.events.push("mark");
  }

  async verify(): Promise<{ readonly frames: number }> {
    this.#check();
    return { frames: this.#frames.length };
  }

  sizes(): Pick<LogFigures, "journalBytes" | "snapshotBytes"> {
    return this.figures();
  }

  figures(): LogFigures {
    return {
      epoch: this.#epoch.toString(16).padStart(16, "0"),
      frames: this.#frames.length,
      journalBytes: this.journalBytes,
      snapshotBytes: this.#records.reduce((sum, record) => sum + record.length, 0),
      tornFrames: 0,
      mark: "ok",
      strangers: [],
    };
  }

  async close(): Promise<void> {
    this.#poisoned = true;
  }

  #check(): void {
    if (this.#poisoned) throw new StrongroomError("DURABILITY_UNKNOWN", "the log is poisoned");
  }
}

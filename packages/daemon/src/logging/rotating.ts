import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";

/** Where the log goes and how large it may grow. */
export interface RotatingOptions {
  /** The newest file; older ones have `.1`, `.2`, … behind the name. */
  readonly path: string;
  /** Bytes a file. */
  readonly maxBytes: number;
  /** Files in all, the newest included. */
  readonly files: number;
  /** Milliseconds; how long it waits before it opens a file anew that could not be opened. */
  readonly retryMs: number;
  readonly now: () => number;
}

const FLAGS =
  constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);

/**
 * A file that is written synchronously and turned over when it is full. Nothing that happens to
 * it is thrown: a log on a full or broken disk must not end the daemon.
 */
export class RotatingFile {
  readonly #options: RotatingOptions;
  #descriptor: number | undefined;
  #size = 0;
  #lost = 0;
  #torn = false;
  #retryAt = 0;

  constructor(options: RotatingOptions) {
    this.#options = options;
    this.#dropOversized();
    this.#open();
  }

  /** Lines that could not be written since the last one that could. */
  get lost(): number {
    return this.#lost;
  }

  /** Writes one line, its end included. */
  write(line: string): void {
    const bytes = Buffer.from(this.#torn ? `\n${line}` : line);
    if (this.#size + bytes.length > this.#options.maxBytes) this.#rotate();
    if (this.#descriptor === undefined && this.#options.now() >= this.#retryAt) this.#open();
    if (this.#descriptor !== undefined && this.#append(this.#descriptor, bytes)) this.#lost = 0;
    else this.#lost += 1;
  }

  /** Opens the path again: after somebody moved the file away, or on SIGHUP. */
  reopen(): void {
    this.close();
    this.#open();
  }

  /** Ends it; a later `write` opens it again. */
  close(): void {
    if (this.#descriptor !== undefined) quietly(closeSync, this.#descriptor);
    this.#descriptor = undefined;
  }

  #append(descriptor: number, bytes: Buffer): boolean {
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(descriptor, bytes, done);
      this.#torn = false;
      return true;
    } catch {
      this.#torn = this.#torn || done > 0;
      return false;
    } finally {
      this.#size += done;
    }
  }

  #open(): void {
    try {
      this.#descriptor = openSync(this.#options.path, FLAGS, 0o600);
      this.#size = Number(fstatSync(this.#descriptor, { bigint: true }).size);
    } catch {
      this.#retryAt = this.#options.now() + this.#options.retryMs;
    }
  }

  #rotate(): void {
    this.close();
    const { path, files } = this.#options;
    quietly(rmSync, `${path}.${files - 1}`, { force: true });
    for (let n = files - 2; n >= 1; n -= 1) quietly(renameSync, `${path}.${n}`, `${path}.${n + 1}`);
    quietly(renameSync, path, `${path}.1`);
    this.#size = 0;
    this.#torn = false;
    this.#open();
    // Where it could not be renamed the old file came back: it must not grow for all that.
    if (this.#descriptor === undefined || this.#size === 0) return;
    quietly(ftruncateSync, this.#descriptor);
    this.#size = 0;
  }

  // An earlier release, or another program, may have left more than we may keep.
  #dropOversized(): void {
    const { path, files, maxBytes } = this.#options;
    for (let n = 0; n < files; n += 1) {
      const file = n === 0 ? path : `${path}.${n}`;
      if ((quietly(statSync, file)?.size ?? 0) > maxBytes) quietly(rmSync, file, { force: true });
    }
  }
}

function quietly<A extends unknown[], R>(run: (...args: A) => R, ...args: A): R | undefined {
  try {
    return run(...args);
  } catch {
    return undefined;
  }
}

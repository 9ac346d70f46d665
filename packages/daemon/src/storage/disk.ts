/** What tells two files apart, whatever their paths say. */
export interface Identity {
  readonly device: bigint;
  readonly inode: bigint;
  /** How many names the file has; 0 = it was unlinked while open. */
  readonly links: number;
}

/** An open file of the vault. */
export interface DiskFile {
  readonly path: string;
  /** Bytes from `position`, at most `length`; fewer at the end of the file. */
  read(position: number, length: number): Promise<Buffer>;
  size(): Promise<number>;
  identity(): Identity;
  /**
   * Hands bytes to the operating system at `position` and returns how many it took, which may
   * be fewer. Synchronous: it costs microseconds, a trip through the pool costs a hundred.
   */
  write(bytes: Uint8Array, position: number): number;
  /** fdatasync in libuv's pool: data and size are durable when it resolves. */
  datasync(): Promise<void>;
  /** fsync in libuv's pool. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The handful of calls through which the storage engine meets the file system; tests replace
 * it by a simulated disk. Every failure is an `Error` with the system's `code` (ENOENT,
 * EEXIST, ENOSPC, EIO, …). Paths are absolute.
 */
export interface Disk {
  /** The names in a folder, unsorted. */
  list(folder: string): Promise<string[]>;
  /** The same at once: synchronous, see `write`. */
  listNow(folder: string): string[];
  /** A new file, 0600: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW. */
  create(path: string): Promise<DiskFile>;
  /** An existing regular file for reading; a link is ELOOP, anything else EISDIR or EINVAL. */
  open(path: string): Promise<DiskFile>;
  /** The file at a path by lstat, or undefined when there is none. Synchronous, see `write`. */
  identify(path: string): Identity | undefined;
  /**
   * What is another text after any name in a folder came, went or moved; undefined where that
   * cannot be told, or not yet. Synchronous, see `write`.
   */
  stamp(folder: string): string | undefined;
  /** A second name for a file; EEXIST when that name is taken: exclusive and never empty. */
  link(existing: string, path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Makes the names in a folder durable; does nothing where the system has no such call. */
  syncFolder(folder: string): Promise<void>;
}

import { fstatSync, lstatSync } from "node:fs";

/**
 * What a path names, as told from whatever else may be put there; as long as the file is held
 * open, for a number that nothing uses is given to the next file.
 */
export interface Inode {
  readonly device: bigint;
  readonly inode: bigint;
}

/** What stands at a path, not following a link; undefined when nothing can be seen there. */
export function inodeAt(path: string): Inode | undefined {
  try {
    const { dev, ino } = lstatSync(path, { bigint: true });
    return { device: dev, inode: ino };
  } catch {
    return undefined;
  }
}

/** What an open file is. */
export function inodeOf(file: number): Inode {
  const { dev, ino } = fstatSync(file, { bigint: true });
  return { device: dev, inode: ino };
}

/** Whether a path names this very file and no other. */
export function isAt(path: string, inode: Inode): boolean {
  const now = inodeAt(path);
  return now !== undefined && now.device === inode.device && now.inode === inode.inode;
}

/** What a folder is, in a word; null where that cannot be seen, as on Windows. */
export function folderIdentity(path: string): string | null {
  const found = process.platform === "win32" ? undefined : inodeAt(path);
  return found === undefined ? null : identityOf(found);
}

/** The same in a word, for others of this machine to compare. */
export function identityOf({ device, inode }: Inode): string {
  return `${device}:${inode}`;
}

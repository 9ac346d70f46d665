import { join } from "node:path";
import type { Disk } from "../storage/disk.ts";

/** Backups looked into, newest first: those that do not count are older still. */
const LOOKS = 16;
/** More than age writes in front of what it encrypts for as many slots as there may be. */
const HEADER_BYTES = 16_384;
/** A clock may have been corrected since; what is further ahead says nothing. */
const AHEAD_MS = 86_400_000;
const SECOND_MS = 1000;
const NAME = /^strongroom-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{8}\.age$/;

/** What a backup must be to count. */
export interface Wanted {
  /** For how many recipients it is, at least. */
  readonly recipients: number;
  /** Milliseconds since 1970: when the newest of them became one. */
  readonly since: number;
  readonly now: number;
}

/**
 * When the newest backup in a folder was made that is for all recipients of today, by its name
 * and by what age wrote in front of it; undefined when there is none. It is not opened.
 */
export async function newestBackup(
  disk: Disk,
  folder: string,
  { recipients, since, now }: Wanted,
): Promise<number | undefined> {
  const found = (await namesIn(disk, folder))
    .flatMap((name) => ({ name, time: timeOfName(name) ?? -1 }))
    .filter(({ time }) => time + SECOND_MS > since && time >= 0 && time <= now + AHEAD_MS)
    .toSorted((one, other) => other.time - one.time);
  for (const { name, time } of found.slice(0, LOOKS)) {
    if ((await stanzas(disk, join(folder, name))) >= recipients) return time;
  }
  return undefined;
}

/** When a backup was made, in milliseconds since 1970, as its name says; undefined for others. */
export function timeOfName(name: string): number | undefined {
  const [, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

async function namesIn(disk: Disk, folder: string): Promise<readonly string[]> {
  try {
    return await disk.list(folder);
  } catch {
    return [];
  }
}

/** For how many X25519 recipients an age file is; 0 when it cannot be read. */
async function stanzas(disk: Disk, path: string): Promise<number> {
  try {
    const file = await disk.open(path);
    try {
      const start = (await file.read(0, HEADER_BYTES)).toString("latin1");
      const header = start.slice(0, start.indexOf("\n---"));
      return header.split("\n-> X25519 ").length - 1;
    } finally {
      await file.close();
    }
  } catch {
    return 0;
  }
}

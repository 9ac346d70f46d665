import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { discard, readWhole, writeNew } from "../storage/bytes.ts";
import type { Disk } from "../storage/disk.ts";
import { codeOf, corrupt } from "../storage/trouble.ts";
import { recipientOf } from "./age.ts";
import { fresh } from "./data-key.ts";

const LONGEST_BYTES = 4096;
/** How many data keys a key file remembers the checks of. */
const MOST_EARLIER = 32;
/** The line of an identity in an age identity file, and the comments that pin what it opens. */
export const LINES: {
  readonly identity: RegExp;
  readonly vault: RegExp;
  readonly check: RegExp;
  readonly earlier: RegExp;
} = {
  identity: /^AGE-SECRET-KEY-1[0-9A-Z]+$/,
  vault: /^# strongroom vault ([0-9a-f]{32})$/,
  check: /^# key check ([0-9a-f]{32})$/,
  earlier: /^# earlier key check ([0-9a-f]{32})$/,
};

/** Codes of file systems that have no hard links. */
const NO_LINKS = new Set(["EMLINK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EPERM"]);

const HINT =
  "put the key file back from a copy, then: strongroom daemon restart; a new one is never made beside existing data, which it could not open";

/** The owner's key: an age X25519 identity, and what it was born for. */
export interface Keyfile {
  readonly path: string;
  readonly identity: string;
  readonly recipient: string;
  /** Pinned here because age does not say who sealed a thing. */
  readonly vaultId: Buffer;
  readonly check: Buffer;
  /** Those of data keys that the vault had before, newest first: its older backups hold them. */
  readonly earlier?: readonly Buffer[];
}

/**
 * Reads the key file; undefined when there is none. Anything but a whole one is `CORRUPT`
 * naming it, or what the system says of it; it is never written here.
 */
export async function readKeyfile(disk: Disk, path: string): Promise<Keyfile | undefined> {
  const bytes = await readOrNothing(disk, path);
  if (bytes === undefined) return undefined;
  if (bytes.length === 0) throw refused(path, "it is empty");
  if (bytes.length > LONGEST_BYTES) throw refused(path, "it is no key file");
  const lines = bytes.toString("utf8").split("\n");
  const identities = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const [identity] = identities;
  if (identity === undefined || identities.length > 1 || !LINES.identity.test(identity)) {
    throw refused(path, "it holds no age X25519 identity");
  }
  return {
    path,
    identity,
    recipient: await recipientOrRefusal(identity, path),
    vaultId: pinned(lines, LINES.vault, path),
    check: pinned(lines, LINES.check, path),
    earlier: allIn(lines, LINES.earlier),
  };
}

/** The file's text: an age identity file with two comment lines that pin the vault. */
export function keyfileText(key: Omit<Keyfile, "path">): string {
  return [
    `# strongroom vault ${key.vaultId.toString("hex")}`,
    `# key check ${key.check.toString("hex")}`,
    ...(key.earlier ?? []).map((check) => `# earlier key check ${check.toString("hex")}`),
    "# without this file the vault cannot be opened: keep a copy elsewhere, and all of its lines",
    `# public key: ${key.recipient}`,
    key.identity,
    "",
  ].join("\n");
}

/**
 * Publishes a new key file: temporary, fsync, `link`, so that it is never empty and never put
 * over another. Rejects with EEXIST when somebody else's stands there.
 */
export async function publishKeyfile(disk: Disk, key: Keyfile): Promise<void> {
  const folder = join(key.path, "..");
  const temporary = `${key.path}.${fresh(8).toString("hex")}.tmp`;
  await writeNew(disk, temporary, Buffer.from(keyfileText(key)));
  try {
    await disk.link(temporary, key.path);
  } catch (error) {
    if (!NO_LINKS.has(codeOf(error) ?? "") || disk.identify(key.path) !== undefined) throw error;
    await disk.rename(temporary, key.path);
  }
  await discard(disk, temporary);
  await disk.syncFolder(folder);
}

/** Puts what a key file pins in place of what it pinned: the file is whole at every moment. */
export async function repinKeyfile(disk: Disk, key: Keyfile, check: Buffer): Promise<void> {
  const temporary = `${key.path}.${fresh(8).toString("hex")}.tmp`;
  const before = [key.check, ...(key.earlier ?? [])].filter((each) => !each.equals(check));
  const earlier = before.slice(0, MOST_EARLIER);
  await writeNew(disk, temporary, Buffer.from(keyfileText({ ...key, check, earlier })));
  await disk.rename(temporary, key.path);
  await disk.syncFolder(join(key.path, ".."));
}

/** Every hex value that lines of a kind hold, in their order. */
export function allIn(lines: readonly string[], pattern: RegExp): readonly Buffer[] {
  return lines.flatMap((line) => {
    const hex = pattern.exec(line)?.[1];
    return hex === undefined ? [] : [Buffer.from(hex, "hex")];
  });
}

/** Removes what interrupted births left beside the key file. */
export async function sweepKeyfiles(disk: Disk, path: string): Promise<void> {
  const folder = join(path, "..");
  for (const name of await disk.list(folder)) {
    if (/^keyfile\.[0-9a-f]{16}\.tmp$/.test(name)) await discard(disk, join(folder, name));
  }
}

/** A key file that is missing beside a vault; `recoverable`: there are slots that an identity may be of. */
export function missingKeyfile(path: string, recoverable: boolean): StrongroomError {
  const missing = refused(path, "it is missing beside the vault");
  if (!recoverable) return missing;
  return new StrongroomError("CORRUPT", missing.message, {
    hint: `${HINT}; or open the vault by a copy that is elsewhere, or a recovery key, and make one: strongroom unlock --identity FILE; strongroom slot add keyfile`,
  });
}

/** A key file that was made for something else; `more` goes on from the hint. */
export function foreignKeyfile(path: string, what: string, more = ""): StrongroomError {
  return new StrongroomError("WRONG_KEY", `${path}: ${what}`, { hint: HINT + more });
}

function refused(path: string, what: string, cause?: unknown): StrongroomError {
  const { message } = corrupt(path, what);
  return new StrongroomError("CORRUPT", message, {
    hint: HINT,
    ...(cause === undefined ? {} : { cause }),
  });
}

function pinned(lines: readonly string[], pattern: RegExp, path: string): Buffer {
  const found = lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
  const [hex] = found;
  if (hex === undefined || found.length > 1) {
    throw refused(path, "its comment lines, which say what vault it opens, are not whole");
  }
  return Buffer.from(hex, "hex");
}

async function recipientOrRefusal(identity: string, path: string): Promise<string> {
  try {
    return await recipientOf(identity);
  } catch (error) {
    throw refused(path, "its identity is damaged", error);
  }
}

async function readOrNothing(disk: Disk, path: string): Promise<Buffer | undefined> {
  try {
    return await readWhole(disk, path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  statfsSync,
} from "node:fs";
import { dirname, join } from "node:path";
import {
  checkFile,
  checkFolder,
  mountedDoor,
  mountedRefusal,
  shellWord,
  StrongroomError,
} from "@strongroom/client/protocol";
import type { Home } from "@strongroom/client/protocol";
import { note, ok, problem } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { missingKeyfile, unendedRekey } from "./ways.ts";

const OURS =
  /^(?:\.lock(?:\.[0-9a-f]{12}|\.tmp[0-9a-f]{8}|\.db(?:-[a-z]+)?)?|daemon\.(?:pid|secret)|vault\.json(?:\.tmp)?|restored\.json|slots(?:\.previous)?\.json(?:\.tmp)?|(?:claim|snapshot|journal|audit)\.[0-9a-f]{16}(?:\.tmp)?)$/;
/** Daemons pass over a claim so far above what stands. */
const FAR_CLAIM = 1024n;
/** Below this a vault soon takes no writes, in bytes. */
const LITTLE_ROOM = 67_108_864;

/**
 * The folders of a home and the files in them: whose they are, and who else may look. `hasKey`:
 * whoever asks acts with an API key, so `run` may be another's with the socket for keys.
 */
export function checkPlaces(home: Home, hasKey = false): Finding[] {
  const folders = Object.entries(home) as [string, string][];
  return [
    ...folders.map(([name, path]) =>
      path === home.run ? judgeRun(home, hasKey) : judge(name, path, () => checkFolder(path)),
    ),
    keyfile(home),
    ...unendedRekey(home),
    ...strangers(home.vault),
    room(home.vault),
  ];
}

function judge(check: string, path: string, look: () => boolean): Finding {
  try {
    return look() ? ok(check, path) : absent(check, path);
  } catch (error) {
    if (!(error instanceof StrongroomError)) throw error;
    return problem(check, error.message, error.hint, rightsOf(path));
  }
}

function judgeRun(home: Home, hasKey: boolean): Finding {
  if (hasKey && mountedDoor(home) !== undefined) return ok("run", home.run);
  const finding = judge("run", home.run, () => checkFolder(home.run));
  const refusal = finding.verdict === "problem" ? mountedRefusal(home) : undefined;
  // Neither its mode nor its owner is for those to change who were given it.
  return refusal === undefined ? finding : problem("run", refusal.message, refusal.hint);
}

/** Takes away what others may do with a folder or file that is ours; undefined for all else. */
function rightsOf(path: string): (() => void) | undefined {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  const isOurs = stats !== undefined && Number(stats.uid) === process.getuid?.();
  if (!isOurs || !(stats.isDirectory() || stats.isFile())) return undefined;
  return () => chmodSync(path, stats.isDirectory() ? 0o700 : 0o600);
}

/** Not there yet; a problem when it cannot be made either. */
function absent(check: string, path: string): Finding {
  let above = dirname(path);
  while (!existsSync(above) && above !== dirname(above)) above = dirname(above);
  try {
    accessSync(above, constants.W_OK | constants.X_OK);
    return note(check, `${path} is not there yet`);
  } catch {
    return problem(
      check,
      `${path} cannot be made: ${above} takes no files`,
      `ls -ld ${shellWord(above)}`,
    );
  }
}

/** Beside a vault that has no other way in it must be there, and be read by its owner. */
function keyfile(home: Home): Finding {
  const path = join(home.config, "keyfile");
  const finding = judge("keyfile", path, () => checkPrivate(path));
  return finding.verdict === "note" ? (missingKeyfile(home) ?? finding) : finding;
}

function checkPrivate(path: string): boolean {
  checkFile(path);
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return false;
  if ((stats.mode & 0o077n) !== 0n && process.platform !== "win32") {
    throw new StrongroomError("DENIED", `${path} is open to other users`, {
      hint: `chmod 600 ${shellWord(path)}`,
    });
  }
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new StrongroomError("DENIED", `${path} cannot be read`, {
      hint: `chmod 600 ${shellWord(path)}`,
    });
  }
  return true;
}

function strangers(vault: string): Finding[] {
  let names: string[];
  try {
    names = readdirSync(vault);
  } catch {
    return [];
  }
  const limit = highest(names) + FAR_CLAIM;
  const foreign = names
    .filter((name) => !OURS.test(name) || (epochOf(name, "claim") ?? 0n) > limit)
    .toSorted();
  if (foreign.length === 0) return [ok("strangers", "no other files in the vault's folder")];
  return [note("strangers", `files that are not of a vault, ignored: ${foreign.join(", ")}`)];
}

function highest(names: readonly string[]): bigint {
  const epochs = names.map((name) => epochOf(name, "snapshot") ?? 0n);
  return epochs.reduce((most, epoch) => (epoch > most ? epoch : most), 0n);
}

function epochOf(name: string, kind: string): bigint | undefined {
  const [before, digits = "", ...rest] = name.split(".");
  if (before !== kind || rest.length > 0 || !/^[0-9a-f]{16}$/.test(digits)) return undefined;
  return BigInt(`0x${digits}`);
}

function room(vault: string): Finding {
  try {
    const { bavail, bsize } = statfsSync(vault);
    const free = bavail * bsize;
    const message = `${Math.floor(free / 1_048_576)} MiB free`;
    if (free >= LITTLE_ROOM) return ok("disk", message);
    return problem("disk", message, `make room on the disk of ${vault}: df -h ${shellWord(vault)}`);
  } catch {
    return note("disk", "how much room is left cannot be known");
  }
}

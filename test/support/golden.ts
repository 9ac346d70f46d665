import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VaultFolders } from "@strongroom/daemon/src/storage/open.ts";
import { unpack } from "@strongroom/daemon/src/vault/packed.ts";
import type { Earlier } from "@strongroom/daemon/src/vault/packed.ts";
import type { VaultState } from "@strongroom/daemon/src/vault/state.ts";
import type { Told, Version } from "./independent-state.ts";
import { ROOT } from "./throwaway.ts";

/** The golden vaults: one folder for every format that was ever released. */
export const FORMATS: string = join(ROOT, "test/fixtures/formats");

/** Journal bytes zeroed in advance: small, so that the fixtures are. */
export const GOLDEN_PREALLOCATE = 16_384;

/** A mutation with a request id, and what it answered. */
export interface GoldenRequest {
  readonly method: "secret/delete" | "secret/set" | "vault/batch";
  readonly params: object;
  readonly result: unknown;
}

/** What must be read from a golden vault. */
export interface Golden {
  readonly format: number;
  readonly vaultId: string;
  /** Wall time at which it was left. */
  readonly now: number;
  /** Highest sequence number of a frame. */
  readonly frames: number;
  readonly told: Told;
  readonly remembered: readonly GoldenRequest[];
  readonly forgotten: readonly GoldenRequest[];
}

/** A copy of the golden vault of a format, in folders as the daemon makes them. */
export function copyGolden(format: number, variant?: string): VaultFolders {
  const home = mkdtempSync(join(tmpdir(), "sr-golden-"));
  const folders = homeIn(home);
  const fixture = join(FORMATS, `${format}`);
  for (const part of ["vault", "config"] as const) {
    cpSync(join(fixture, part), folders[part], { recursive: true });
  }
  if (variant !== undefined) cpSync(join(fixture, variant), folders.vault, { recursive: true });
  for (const folder of [folders.vault, folders.config]) {
    chmodSync(folder, 0o700);
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o600);
  }
  return folders;
}

/** The folders of a home, made where they are missing. */
export function homeIn(home: string): VaultFolders {
  const folders = {
    vault: join(home, "vault"),
    config: join(home, "config"),
    state: join(home, "state"),
    backups: join(home, "backups"),
  };
  for (const folder of Object.values(folders)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  return folders;
}

/** What must be read from the golden vault of a format. */
export function readGolden(format: number): Golden {
  return JSON.parse(readFileSync(join(FORMATS, `${format}`, "expected.json"), "utf8")) as Golden;
}

/** Everything that a state holds; long values by their hash. */
export function toldOf(state: VaultState): Told {
  const { revision, floor, maxTime: time } = state.counters;
  const secrets = state.names().map((name) => {
    const secret = state.get(name);
    if (secret === undefined) throw new TypeError("a name without a secret");
    const history = unpack(secret.history).map((earlier) => ({
      ...versionOf(earlier),
      replaced: earlier.replacedAt,
    }));
    return [name, { current: versionOf(secret), history }] as const;
  });
  const requests = Array.from(state.requests.entries(), (entry) => ({
    id: Buffer.from(entry.key, "latin1").toString("hex"),
    params: Buffer.from(entry.body, "latin1").toString("hex"),
    revision: entry.revision,
    time: entry.at,
    result: entry.numbers,
  }));
  const forgotten = state.requests.forgottenRevision;
  return brief({
    revision,
    floor,
    time,
    forgotten,
    secrets: Object.fromEntries(secrets),
    requests,
  });
}

/** The same with long values by their hash, so that a file of it can be read. */
export function brief(told: Told): Told {
  const shortened = (version: Version): Version => {
    const { value } = version;
    if (value === undefined || value.length <= 400) return version;
    return { ...version, value: `sha256 ${createHash("sha256").update(value).digest("hex")}` };
  };
  const secrets = Object.entries(told.secrets).map(([name, { current, history }]) => {
    return [name, { current: shortened(current), history: history.map(shortened) }] as const;
  });
  return { ...told, secrets: Object.fromEntries(secrets) };
}

function versionOf(version: Omit<Earlier, "replacedAt">): Version {
  const { value, metadata, encoding } = version;
  return {
    kind: value === undefined ? "deleted" : encoding,
    version: version.version,
    updated: version.updatedAt,
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
    ...(value === undefined ? {} : { value: value.toString("base64") }),
  };
}

import { join } from "node:path";
import { readWhole } from "../storage/bytes.ts";
import type { Disk } from "../storage/disk.ts";
import { FORMAT, unsupported } from "../storage/header.ts";
import { FILES } from "../storage/names.ts";
import { corrupt } from "../storage/trouble.ts";

const EXACT = /^\{"format":1,"id":"([0-9a-f]{32})"\}\n$/;

/** The text of `vault.json`. */
export function vaultText(vaultId: Buffer): string {
  return `${JSON.stringify({ format: FORMAT, id: vaultId.toString("hex") })}\n`;
}

/** The vault id in `vault.json`; `UNSUPPORTED_FORMAT` or `CORRUPT` naming the file. */
export function parseVault(bytes: Buffer, path: string): Buffer {
  const text = bytes.toString("utf8");
  const format = /"format":(\d{1,9})[,}]/.exec(text)?.[1];
  if (format !== undefined && Number(format) !== FORMAT) throw unsupported(path, Number(format));
  const id = EXACT.exec(text)?.[1];
  if (id === undefined) throw corrupt(path, "it is damaged");
  return Buffer.from(id, "hex");
}

/** The id in a vault folder, 32 hex digits; undefined where none can be read, whatever the reason. */
export async function readVaultId(disk: Disk, folder: string): Promise<string | undefined> {
  const path = join(folder, FILES.vault);
  try {
    return parseVault(await readWhole(disk, path), path).toString("hex");
  } catch {
    return undefined;
  }
}

/** Whether there is one, whatever it holds. */
export function hasVault(disk: Disk, folder: string): boolean {
  return disk.identify(join(folder, FILES.vault)) !== undefined;
}

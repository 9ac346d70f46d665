import { join } from "node:path";
import type { Restored } from "@strongroom/client/protocol";
import { readWhole } from "../storage/bytes.ts";
import type { Disk } from "../storage/disk.ts";
import { FORMAT } from "../storage/header.ts";
import { FILES } from "../storage/names.ts";
import { codeOf } from "../storage/trouble.ts";
import { mac, sameBytes } from "./data-key.ts";
import type { DataKey } from "./data-key.ts";

const TEXT = /^\{"body":(\{.*\}),"mac":"([0-9a-f]{64})"\}\n$/;

/** The notice as it stands in the vault folder until the owner confirms. */
export function restoredText({ revision, time }: Restored, key: DataKey): string {
  const body = JSON.stringify({
    format: FORMAT,
    vault: key.vaultId.toString("hex"),
    revision,
    time,
  });
  return `{"body":${body},"mac":"${macOf(body, key).toString("hex")}"}\n`;
}

/**
 * What the vault was made of, while nobody has confirmed it; undefined when there is nothing to
 * confirm: by any of these data keys, of which a rekey leaves one. A notice that cannot be read or does not authenticate is still one.
 */
export async function readRestored(
  disk: Disk,
  folder: string,
  keys: readonly DataKey[],
): Promise<Restored | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readWhole(disk, join(folder, FILES.restored));
  } catch (error) {
    return codeOf(error) === "ENOENT" ? undefined : UNREADABLE;
  }
  const [, body = "", seal = ""] = TEXT.exec(bytes.toString("utf8")) ?? [];
  const isOurs = keys.some((key) => sameBytes(macOf(body, key), Buffer.from(seal, "hex")));
  if (!isOurs) return UNREADABLE;
  const { revision, time } = JSON.parse(body) as Restored;
  return { revision, time };
}

/** A notice that says nothing. */
export const UNREADABLE: Restored = { revision: null, time: null };

function macOf(body: string, key: DataKey): Buffer {
  return mac(key.derive("restored"), Buffer.from(body));
}

import { moveAside, shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { DataKey } from "./data-key.ts";
import type { Keyfile } from "./keyfile.ts";
import type { Pin } from "./pin.ts";
import { listDigest } from "./slots.ts";
import type { Slots } from "./slots.ts";

/** What lies outside the vault folder and says which data key is the vault's. */
export interface Anchors {
  /** An error when there is one that cannot be used. */
  readonly keyfile: Keyfile | StrongroomError | undefined;
  readonly pin: Pin | "damaged" | undefined;
  readonly pinPath: string;
}

/** The data keys that `slots.json` led to. */
export interface Found {
  readonly key: DataKey;
  /** The one that follows it; the slots are sealed by that as well. */
  readonly next: DataKey | undefined;
  readonly path: string;
}

/** What is to be told of a vault that is believed. */
export interface Trust {
  readonly advanced: boolean;
  readonly warnings: readonly string[];
}

/**
 * Whether the vault folder holds the vault that was here: age does not say who sealed a thing, so
 * anybody who can write the folder could put a vault of his own there. One anchor that agrees is
 * enough, but not beside a pin of this vault that does not; where there is none at all, the vault
 * is believed and that is said. Throws `ROLLED_BACK`, or `CORRUPT` when the only anchor is damaged.
 */
export function judgeTrust(anchors: Anchors, found: Found): Trust {
  const { keyfile, pin, pinPath } = anchors;
  const { key, path } = found;
  const file = keyfile instanceof StrongroomError ? undefined : keyfile;
  const held = [file, pin === "damaged" ? undefined : pin].filter(
    (anchor) => anchor?.vaultId.equals(key.vaultId) === true,
  );
  if (pin !== undefined && pin !== "damaged" && held.includes(pin) && !pins(pin.check, found)) {
    // It knows of a new data key before the key file does: a key file that agrees is an older one.
    throw otherThanPinned(pinPath, path);
  }
  const agreeing = held.filter((anchor) => anchor !== undefined && pins(anchor.check, found));
  if (agreeing.length > 0) {
    const { next } = found;
    const advanced = agreeing.some(
      (anchor) => next !== undefined && anchor?.check.equals(next.check),
    );
    return { advanced, warnings: [] };
  }
  if (file !== undefined && held.includes(file)) {
    throw new StrongroomError(
      "ROLLED_BACK",
      `${file.path}: it was made for another data key than the one in ${path}`,
      {
        hint: `put the newer file back, then: strongroom daemon restart; or, if it is a copy from before a rekey and the vault is yours: ${moveAside(file.path)}; strongroom daemon restart; strongroom unlock --identity ${shellWord(`${file.path}.old`)}; strongroom slot add keyfile`,
      },
    );
  }
  if (pin === "damaged") {
    throw new StrongroomError(
      "CORRUPT",
      `${pinPath}: it is damaged, and nothing else says that the vault is yours`,
      {
        hint: `put it back from a copy; or, if the vault is yours: rm ${shellWord(pinPath)}; then: strongroom daemon restart`,
      },
    );
  }
  if (pin !== undefined) {
    throw otherThanPinned(pinPath, path);
  }
  if (file !== undefined) {
    // It says which vault was here, and this is another: by whatever slot that opens.
    throw new StrongroomError(
      "ROLLED_BACK",
      `${file.path}: it is the key file of another vault than the one in ${path}`,
      {
        hint: `put the vault that was here back; or, if you put this one here: ${moveAside(file.path)}; then: strongroom daemon restart`,
      },
    );
  }
  return {
    advanced: false,
    warnings: ["nothing outside its folder knew this vault: it was taken as it is"],
  };
}

/**
 * Throws `ROLLED_BACK` when the pin knows the data key, and other slots than these: an older list
 * under the same key authenticates as well, and holds what has ended since.
 */
export function demandKnownList({ pin, pinPath }: Anchors, found: Found, slots: Slots): void {
  if (pin === undefined || pin === "damaged" || pin.slots === undefined) return;
  if (!pin.vaultId.equals(found.key.vaultId) || !pins(pin.check, found)) return;
  if (pin.slots.includes(listDigest(slots.vaultId, slots.slots))) return;
  throw new StrongroomError(
    "ROLLED_BACK",
    `${found.path}: other slots than these were here, of the same data key`,
    {
      hint: `put the file back that was here; or, to look through these slots: rm ${shellWord(pinPath)}; then: strongroom daemon restart`,
    },
  );
}

function otherThanPinned(pinPath: string, path: string): StrongroomError {
  return new StrongroomError(
    "ROLLED_BACK",
    `${pinPath}: another vault, or another data key, was here than the one in ${path}`,
    {
      hint: `put the vault that was here back; or, if you put this one here: rm ${shellWord(pinPath)}; then: strongroom daemon restart`,
    },
  );
}

function pins(check: Buffer, { key, next }: Found): boolean {
  return check.equals(key.check) || (next !== undefined && check.equals(next.check));
}

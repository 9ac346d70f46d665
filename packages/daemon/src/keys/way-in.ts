import { join } from "node:path";
import { moveAside, shellWord, StrongroomError } from "@strongroom/client/protocol";
import { FILES } from "../storage/names.ts";
import { foreignKeyfile, missingKeyfile } from "./keyfile.ts";
import type { Keyfile } from "./keyfile.ts";
import type { Slot } from "./slot.ts";
import type { Slots } from "./slots.ts";
import type { Anchors } from "./trust.ts";
import {
  passphraseIdentity,
  slotOf,
  systemSources,
  unattended,
  unattendedIdentity,
} from "./ways.ts";
import type { Sources } from "./ways.ts";

/** What somebody brings to open a vault with. */
export interface Brought {
  /** UTF-8; what was typed. */
  readonly passphrase?: Uint8Array | undefined;
  /** The age identity of any slot, whatever its type: then no other way is tried. */
  readonly identity?: string | undefined;
}

/** What there is to come in by, beside the slots. */
export interface Means extends Brought {
  readonly configFolder: string;
  readonly vaultId: Buffer;
  readonly sources?: Sources | undefined;
}

/** A slot and what opens it. */
export interface Way {
  readonly slot: Slot;
  readonly identity: string;
  /** In the middle of a rekey, when the slot ends with the old key: what another would take. */
  readonly wanting?: StrongroomError;
}

/**
 * The first way that leads to an identity: the one that is brought, else key file, slots that open
 * with nobody there, passphrase. In the middle of a rekey a slot that ends with the old key leads to that one alone:
 * the others come first. Rejects with the refusal that helps most.
 */
export async function wayIn(
  place: Means,
  anchors: Anchors,
  slots: Slots,
  path: string,
): Promise<Way> {
  const staying = slots.slots.filter(({ next }) => next !== undefined);
  if (staying.length === 0) return await firstWay(place, anchors, slots, path);
  try {
    return await firstWay(place, anchors, { ...slots, slots: staying }, path);
  } catch (failure) {
    if (!(failure instanceof StrongroomError)) throw failure;
    const ending = slots.slots.filter(({ next }) => next === undefined);
    try {
      return {
        ...(await firstWay(place, anchors, { ...slots, slots: ending }, path)),
        wanting: failure,
      };
    } catch {
      throw failure;
    }
  }
}

async function firstWay(place: Means, anchors: Anchors, slots: Slots, path: string): Promise<Way> {
  const { identity } = place;
  if (identity !== undefined) return { slot: await slotOf(identity, () => slots.slots), identity };
  const { keyfile } = anchors;
  const failures: StrongroomError[] = [];
  const attempt = async (work: () => Promise<Way>): Promise<Way | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StrongroomError)) throw error;
      failures.push(error);
      return undefined;
    }
  };
  if (keyfile !== undefined) {
    const way = await attempt(async () => byKeyfile(keyfile, slots, path));
    if (way !== undefined) return way;
  }
  const { sources = systemSources, vaultId, passphrase, configFolder } = place;
  const { pin } = anchors;
  const allowed =
    pin !== undefined && pin !== "damaged" && pin.vaultId.equals(vaultId) ? pin.commands : [];
  for (const slot of unattended(slots.slots)) {
    const way = await attempt(async () => ({
      slot,
      identity: await unattendedIdentity(slot, vaultId, allowed, sources),
    }));
    if (way !== undefined) return way;
  }
  const sealed = slots.slots.filter(({ type }) => type === "passphrase");
  if (sealed.length > 0 && passphrase === undefined) throw locked(failures[0]);
  if (passphrase === undefined || sealed.length === 0) {
    throw failures[0] ?? missingKeyfile(join(configFolder, FILES.keyfile), true);
  }
  for (const slot of sealed) {
    const way = await attempt(async () => ({
      slot,
      identity: await passphraseIdentity(slot, passphrase, path),
    }));
    if (way !== undefined) return way;
  }
  throw failures.at(-1) ?? locked(undefined);
}

function byKeyfile(keyfile: Keyfile | StrongroomError, slots: Slots, path: string): Way {
  if (keyfile instanceof StrongroomError) throw keyfile;
  if (!keyfile.vaultId.equals(slots.vaultId)) {
    const old = `${keyfile.path}.old`;
    const more = `; or, if only its lines are another vault's: ${moveAside(keyfile.path)}; strongroom daemon restart; strongroom unlock --identity ${shellWord(old)}; strongroom slot add keyfile`;
    throw foreignKeyfile(keyfile.path, "it is the key file of another vault", more);
  }
  const slot = slots.slots.find((each) => each.recipient === keyfile.recipient);
  if (slot !== undefined) return { slot, identity: keyfile.identity };
  throw new StrongroomError("WRONG_KEY", `${keyfile.path}: no slot in ${path} opens with it`, {
    hint: "put the key file that belongs to this vault back, then: strongroom daemon restart",
  });
}

function locked(failure: StrongroomError | undefined): StrongroomError {
  const why = failure === undefined ? "" : ` (${failure.message})`;
  return new StrongroomError("LOCKED", `the vault is locked: it opens with its passphrase${why}`, {
    hint: "strongroom unlock",
    ...(failure === undefined ? {} : { cause: failure }),
  });
}

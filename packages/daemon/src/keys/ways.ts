import { StrongroomError } from "@strongroom/client/protocol";
import { Keychain } from "../sources/keychain.ts";
import { firstLine } from "../sources/program.ts";
import { corrupt } from "../storage/trouble.ts";
import { recipientOf, unseal } from "./age.ts";
import { commandDigest } from "./pin.ts";
import { slotId } from "./slot.ts";
import type { Slot } from "./slot.ts";

/** Where identities come from that are no files of ours. */
export interface Sources {
  /** The first line of the output of the program of a slot, which has no name before it is added. */
  readonly program: (argv: readonly string[], slot: string | undefined) => Promise<string>;
  readonly keychain: Pick<Keychain, "forget" | "read" | "write">;
  /** log2 of the work that a new passphrase costs whoever tries it; absent = age's default. */
  readonly logN?: number;
}

/** Those of this machine. */
export const systemSources: Sources = {
  program: (argv, slot) => firstLine(argv, slot),
  keychain: new Keychain(),
};

/** The account of a vault in the keychain. */
export function accountOf(vaultId: Buffer): string {
  return `vault ${vaultId.toString("hex")}`;
}

/** Slots that open with nobody there. */
export function unattended(slots: readonly Slot[]): readonly Slot[] {
  return slots.filter(({ type }) => type === "command" || type === "keychain");
}

/**
 * The identity of a slot that opens with nobody there. A program runs only when it is among
 * `allowed`: whoever can write the vault folder must not choose what is run.
 */
export async function unattendedIdentity(
  slot: Slot,
  vaultId: Buffer,
  allowed: readonly string[],
  sources: Sources,
): Promise<string> {
  const id = slotId(slot);
  const { argv = [] } = slot;
  if (slot.type === "command" && !allowed.includes(commandDigest(argv))) throw unpinned(id, argv);
  const identity =
    slot.type === "command"
      ? await sources.program(argv, id)
      : await sources.keychain.read(accountOf(vaultId));
  if ((await recipientOrNothing(identity)) === slot.recipient) return identity;
  throw new StrongroomError("WRONG_KEY", `slot ${id}: its ${slot.type} gives another key`, {
    hint: "put the key that belongs to this slot back, then: strongroom daemon restart",
  });
}

/** The identity that a passphrase opens. `WRONG_KEY`, or `CORRUPT` when what is sealed is none. */
export async function passphraseIdentity(
  slot: Slot,
  passphrase: Uint8Array,
  path: string,
): Promise<string> {
  const sealed = Buffer.from(slot.sealed ?? "", "base64");
  const identity = await opened(sealed, passphrase, path);
  if ((await recipientOrNothing(identity)) === slot.recipient) return identity;
  throw corrupt(path, "a sealed identity is not that of its slot");
}

/** The slot of an identity. `WRONG_KEY` when it is of none, or no identity at all. */
export async function slotOf(identity: string, slots: () => readonly Slot[]): Promise<Slot> {
  const recipient = await recipientOrNothing(identity);
  const slot = slots().find((each) => recipient !== undefined && each.recipient === recipient);
  if (slot !== undefined) return slot;
  throw new StrongroomError("WRONG_KEY", "no slot of this vault opens with that identity", {
    hint: "give the one that a slot is for: strongroom unlock --identity FILE",
  });
}

/** The recipient of an identity; undefined when it is none, which is never said aloud. */
export async function recipientOrNothing(identity: string): Promise<string | undefined> {
  try {
    return await recipientOf(identity);
  } catch {
    return undefined;
  }
}

async function opened(sealed: Buffer, passphrase: Uint8Array, path: string): Promise<string> {
  try {
    return await unseal(sealed, passphrase, path);
  } catch (error) {
    if (!(error instanceof StrongroomError) || error.code !== "WRONG_KEY") throw error;
    throw new StrongroomError("WRONG_KEY", "the passphrase is not the one of this vault", {
      hint: "try again: strongroom unlock",
      cause: error,
    });
  }
}

function unpinned(slot: string, argv: readonly string[]): StrongroomError {
  const program = JSON.stringify(argv[0] ?? "");
  return new StrongroomError(
    "DENIED",
    `slot ${slot}: its program ${program} was not chosen on this machine, and is not run`,
    {
      hint: "if you know that program, run it yourself, and from then on it is known here: PROGRAM | strongroom unlock --identity -",
    },
  );
}

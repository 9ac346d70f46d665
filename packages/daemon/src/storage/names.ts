const KINDS = ["audit", "claim", "journal", "snapshot"] as const;

/** The files of the vault folder that are numbered by epoch. */
export type EpochKind = (typeof KINDS)[number];

/** A numbered file's name, taken apart. */
export interface EpochName {
  readonly kind: EpochKind;
  readonly epoch: bigint;
  /** Not renamed into place yet. */
  readonly temporary: boolean;
}

/** The files of the vault folder that are not numbered. */
export const FILES = {
  vault: "vault.json",
  vaultTemporary: "vault.json.tmp",
  slots: "slots.json",
  slotsPrevious: "slots.previous.json",
  slotsTemporary: "slots.json.tmp",
  restored: "restored.json",
  keyfile: "keyfile",
} as const;

const EPOCH_NAME = /^([a-z]+)\.([0-9a-f]{16})(\.tmp)?$/;

/** Names that other parts of the daemon keep in the vault folder. */
const NEIGHBOURS = /^(\.lock.*|daemon\.(?:pid|secret).*)$/;

/** An epoch as it stands in names: 16 hex digits. */
export function formatEpoch(epoch: bigint): string {
  return epoch.toString(16).padStart(16, "0");
}

/** The name of a numbered file. */
export function epochName(kind: EpochKind, epoch: bigint): string {
  return `${kind}.${formatEpoch(epoch)}`;
}

/** Takes a name apart; undefined when it is not that of a numbered file. */
export function parseEpochName(name: string): EpochName | undefined {
  const match = EPOCH_NAME.exec(name);
  if (match === null) return undefined;
  const [, word, digits, suffix] = match;
  const kind = KINDS.find((each) => each === word);
  if (kind === undefined) return undefined;
  return { kind, epoch: BigInt(`0x${digits}`), temporary: suffix !== undefined };
}

/** Whether a name in the vault folder belongs to nobody: ignored, and listed by `doctor`. */
export function isStranger(name: string): boolean {
  const known: readonly string[] = Object.values(FILES);
  return !known.includes(name) && parseEpochName(name) === undefined && !NEIGHBOURS.test(name);
}

import { StrongroomError } from "@strongroom/client/protocol";
import type { Acks } from "./enumerate.ts";
import { OpaqueVault } from "./opaque-vault.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";

/** Birth, 58 appends of all sizes, two compactions, two closings and reopenings. */
export async function opaqueWorkload(disk: SimulatedDisk, acks: Acks<string>): Promise<void> {
  let vault = await openWritable(disk);
  await appendMany(vault, acks, 0, 20);
  await compactIfRoom(vault);
  await appendMany(vault, acks, 20, 32);
  await vault.close();
  vault = await openWritable(disk);
  await appendMany(vault, acks, 32, 44);
  await compactIfRoom(vault);
  await appendMany(vault, acks, 44, 52);
  await vault.close();
  vault = await openWritable(disk);
  await appendMany(vault, acks, 52, 58);
  await vault.close();
}

/** The vault opens writable, holds what was acknowledged and nothing that was not asked for. */
export async function checkOpaque(disk: SimulatedDisk, acks: Acks<string>): Promise<void> {
  const before = acks.clone();
  const vault = await OpaqueVault.open(disk);
  if (vault.opened.mode !== "read-write") throw new Error("it opened read-only");
  agreeOrThrow(vault.texts, before);
  await acks.run(`after ${acks.entries.length}`, () =>
    vault.append(`after ${before.entries.length}`),
  );
  await vault.log.verify();
  await vault.close();
  const again = await OpaqueVault.open(disk);
  agreeOrThrow(again.texts, acks);
  await again.close();
}

/** Throws unless the texts are those acknowledged, in order, with some of the unknown between. */
function agreeOrThrow(texts: readonly string[], acks: Acks<string>): void {
  let at = 0;
  for (const { operation, outcome } of acks.entries) {
    if (texts[at] === operation && outcome !== "refused") at += 1;
    else if (outcome === "acknowledged") throw new Error(`lost: ${operation.slice(0, 20)}`);
  }
  if (at < texts.length) throw new Error(`invented: ${texts[at]?.slice(0, 20) ?? ""}`);
}

async function appendMany(
  vault: OpaqueVault,
  acks: Acks<string>,
  from: number,
  to: number,
): Promise<void> {
  for (let index = from; index < to; index += 1) {
    const text = `operation ${index} ${"x".repeat(lengthOf(index))}`;
    await acks.run(text, () => vault.append(text, index % 5 === 4));
  }
}

/** Mostly short; some span sectors, two outgrow the journal so far that the next is prepared. */
function lengthOf(index: number): number {
  if (index === 27 || index === 36) return 40_000;
  return index % 7 === 3 ? 1500 : index % 3;
}

async function compactIfRoom(vault: OpaqueVault): Promise<void> {
  try {
    await vault.compact();
  } catch (error) {
    if (!(error instanceof StrongroomError) || error.code !== "DISK_FULL") throw error;
  }
}

/** Opens as the daemon does: a disk that was full is tried once more. */
async function openWritable(disk: SimulatedDisk): Promise<OpaqueVault> {
  const vault = await openOrFull(disk);
  if (vault?.opened.mode === "read-write") return vault;
  await vault?.close();
  return await OpaqueVault.open(disk);
}

async function openOrFull(disk: SimulatedDisk): Promise<OpaqueVault | undefined> {
  try {
    return await OpaqueVault.open(disk);
  } catch (error) {
    if (error instanceof StrongroomError && error.code === "DISK_FULL") return undefined;
    throw error;
  }
}

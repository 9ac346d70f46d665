import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { bootId } from "@strongroom/client/protocol";
import { inUse } from "./elsewhere.ts";
import { folderIdentity } from "./inode.ts";
import { isRunning, pidNamespace, startTimeOf } from "./process-identity.ts";

/** A lock that its owner holds besides, which is free when they are dead. */
export type Beside = "kernel" | "sqlite";

/** Who made a generation, and where that pid means something. */
export interface Owner {
  readonly beside?: Beside;
  /** 0 = nobody: whoever had the lock gave it up. */
  readonly pid: number;
  readonly startTime: string | null;
  readonly bootId: string | null;
  readonly namespace: string | null;
  readonly host: string;
  /** Device and inode of the vault's folder; null = not known. */
  readonly folder?: string | null;
}

/** This process, as the owner of a generation in that vault. */
export function ourselves(vault: string, beside: Beside | undefined): Owner {
  return {
    ...(beside === undefined ? {} : { beside }),
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? null,
    bootId: bootId(),
    namespace: pidNamespace(),
    host: hostname(),
    folder: folderIdentity(vault),
  };
}

/** Who made the generation of that file; undefined when it is not there, or damaged. */
export function ownerOf(path: string): Owner | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, "utf8")) as Owner;
    return typeof owner.pid === "number" ? owner : undefined;
  } catch (error) {
    // Named only when whole, so text that is no JSON is damage; the storage's epochs guard that.
    if (error instanceof SyntaxError) return undefined;
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Whether the owner of a generation lives, or may: `self` would take the next one. `UNAVAILABLE` where
 * that cannot be seen from here.
 */
export function mayLive(owner: Owner | undefined, self: Owner, vault: string): boolean {
  if (owner === undefined || owner.pid === 0) return false;
  if (owner.beside !== undefined && owner.beside === self.beside) return false;
  if (owner.host === self.host && isOlderBoot(owner, self)) return false;
  if (isOfOriginal(owner, self)) return false;
  if (owner.host !== self.host || owner.namespace !== self.namespace) {
    throw inUse(vault, `process ${owner.pid} on ${owner.host}`);
  }
  return isRunning(owner);
}

/** This machine was started anew since, and no process is from before that. */
function isOlderBoot(owner: Owner, self: Owner): boolean {
  return owner.bootId !== null && self.bootId !== null && owner.bootId !== self.bootId;
}

/**
 * This vault was copied, with a generation that is about another folder. In another container the
 * same folder may have another device: each may have mounted it for itself.
 */
function isOfOriginal(owner: Owner, self: Owner): boolean {
  const { bootId: boot, folder = null, namespace } = owner;
  if (boot === null || boot !== self.bootId || namespace !== self.namespace) return false;
  return folder !== null && folder !== self.folder;
}

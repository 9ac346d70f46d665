import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { join } from "node:path";
import {
  bootId,
  keySocketOf,
  PIPE_SECRET_NAME,
  PROTOCOL,
  RECORD_NAME,
  readRecord,
  socketCandidates,
  StrongroomError,
  VERSION,
  vaultIdentity,
} from "@strongroom/client/protocol";
import type { DaemonRecord, Home, PathEnvironment } from "@strongroom/client/protocol";
import { Endpoint } from "./endpoint.ts";
import type { HeldLock, LockKind } from "./held-lock.ts";
import { identityOf, inodeOf, isAt } from "./inode.ts";
import { PipeSecret } from "./pipe-secret.ts";
import { Pidfile } from "./pidfile.ts";
import { pidNamespace, startTimeOf } from "./process-identity.ts";
import { SharedEndpoint } from "./shared-endpoint.ts";
import { sweepSpawnClaims } from "./spawn-claims.ts";
import type { LockedVault } from "./start.ts";

/** What an ownership is made of. */
export interface OwnershipOptions {
  readonly home: Home;
  readonly env: PathEnvironment;
  readonly locked: LockedVault;
  /** Descriptors of sockets that listen already, for the owner. */
  readonly sockets?: readonly number[] | undefined;
  /** Called with each socket server before it listens. */
  readonly attach: (server: Server, door: "key" | "owner", secret?: Uint8Array) => void;
}

/**
 * Being the one daemon of a vault: the lock, the socket and the record. It lasts until
 * `release`, or until `assertHeld` throws.
 */
export class Ownership {
  /** The real path of the vault's folder: what the vault is, whatever it was called. */
  readonly vault: string;
  /** What the vault is called in names of sockets: the start of a hash of its real path. */
  readonly identity: string;
  /** The record that the last daemon left because it could not remove it, if any. */
  readonly leftover: DaemonRecord | undefined;
  readonly endpoint: Endpoint;
  /** The socket of those who have an API key. Windows has none: its pipes have no folder to share. */
  readonly keyEndpoint: Endpoint;
  /** The one for other users, where their owner wants it. */
  readonly sharedEndpoint: SharedEndpoint;
  readonly pidfile: Pidfile;
  /** What both ends of a pipe prove that they know; sockets have a folder that nobody else enters. */
  readonly pipeSecret: PipeSecret | undefined;
  readonly #lock: HeldLock;
  readonly #run: string;
  /** The folder itself, held open; Windows opens no folders, and lets none in use be removed. */
  readonly #folder: number | undefined;
  readonly #serveHandedOver: () => Promise<void>;
  #epoch: string | null = null;

  constructor({ home, env, locked, sockets = [], attach }: OwnershipOptions) {
    this.#run = home.run;
    this.vault = locked.vault;
    this.identity = vaultIdentity(this.vault);
    this.#folder = process.platform === "win32" ? undefined : openSync(this.vault, "r");
    this.#lock = locked.lock;
    this.#serveHandedOver = () => serveAll(sockets, attach);
    this.pidfile = new Pidfile(join(this.vault, RECORD_NAME));
    const secret = join(this.vault, PIPE_SECRET_NAME);
    this.pipeSecret = process.platform === "win32" ? new PipeSecret(secret) : undefined;
    this.leftover = readRecord(this.pidfile.path);
    const candidates = (): string[] => socketCandidates(home, this.identity, env);
    this.endpoint = new Endpoint({
      candidates,
      attach: (server) => attach(server, "owner", this.pipeSecret?.bytes),
    });
    this.sharedEndpoint = new SharedEndpoint(home, (server) => attach(server, "key"));
    this.keyEndpoint = new Endpoint({
      candidates: () => [keySocketOf(this.endpoint.path)],
      isBeside: true,
      attach: (server) => attach(server, "key"),
    });
  }

  /** The lock in use. */
  get lockKind(): LockKind {
    return this.#lock.kind;
  }

  /**
   * The next steps of a start: the socket, then the record. A record that cannot be written is
   * told to `unpublished`; without a socket, or where somebody else has the vault after all, the
   * ownership is given up again.
   */
  async publish(unpublished: (error: unknown) => void): Promise<void> {
    try {
      await this.endpoint.publish();
      if (process.platform !== "win32") await this.keyEndpoint.publish();
      await this.#serveHandedOver();
      // Before the record, which says where it is needed.
      await this.pipeSecret?.publish().catch(unpublished);
      await this.publishRecord().catch(unpublished);
      await this.#demandSole();
    } catch (error) {
      await this.release();
      throw error;
    }
    await this.sharedEndpoint.publish().catch(unpublished);
    await sweepSpawnClaims(this.#run);
  }

  async #demandSole(): Promise<void> {
    if ((await this.#lock.isSole?.()) !== false) return;
    throw lost(`another daemon, which has no lock of the kernel, has taken ${this.vault}`);
  }

  /** Throws `CLOSING` when the vault's folder or the lock file is no longer the one we hold. */
  assertHeld(): void {
    if (this.#folder !== undefined && !isAt(this.vault, inodeOf(this.#folder))) {
      throw lost(`the folder ${this.vault} was removed or replaced`);
    }
    if (!this.#lock.isOurs()) {
      throw lost(`the lock file in ${this.vault} was removed or replaced`);
    }
  }

  /** Whether the record at its path is ours and names this epoch. */
  isRecorded(epoch: string | null): boolean {
    return this.#epoch === epoch && this.pidfile.isOurs();
  }

  /** Publishes the record, with this epoch from now on when one is given. */
  async publishRecord(epoch: string | null = this.#epoch): Promise<void> {
    this.#epoch = epoch;
    await this.pidfile.publish({
      pid: process.pid,
      startTime: startTimeOf(process.pid) ?? null,
      bootId: bootId(),
      namespace: pidNamespace(),
      version: VERSION,
      protocol: PROTOCOL.max,
      endpoint: this.endpoint.path,
      socket: this.endpoint.identity,
      folder: this.#folder === undefined ? null : identityOf(inodeOf(this.#folder)),
      epoch,
    });
  }

  /** Removes the record, then gives up the lock: the very last step of a stop. */
  async release(): Promise<void> {
    // The disk may be full or gone; the end of the process says the same.
    await this.pidfile.remove().catch(() => undefined);
    await this.pipeSecret?.remove().catch(() => undefined);
    if (this.#folder !== undefined) closeSync(this.#folder);
    this.#lock.release();
  }
}

/** Their paths are the supervisor's, who goes on listening when this process ends. */
async function serveAll(
  sockets: readonly number[],
  attach: OwnershipOptions["attach"],
): Promise<void> {
  for (const fd of sockets) {
    const server = createServer();
    attach(server, "owner");
    server.listen({ fd });
    await once(server, "listening");
  }
}

function lost(why: string): StrongroomError {
  return new StrongroomError("CLOSING", `the daemon ends: ${why}`, {
    hint: "repeat the command; it starts a daemon for the vault that is there now",
  });
}

import { lstatSync } from "node:fs";
import { lchown } from "node:fs/promises";
import type { Server } from "node:net";
import { join } from "node:path";
import {
  readSharedDoor,
  SHARED_SOCKET_NAME,
  sharedDoorCommand,
  SOCKET_PATH_BYTES,
  SOCKET_SUFFIX_BYTES,
  StrongroomError,
} from "@strongroom/client/protocol";
import type { Home, SharedDoor } from "@strongroom/client/protocol";
import { connecting } from "./connecting.ts";
import { Endpoint } from "./endpoint.ts";

/**
 * The socket for other users who have an API key, in a folder of its own that its owner has named:
 * read anew at each look, so that it comes and goes while the daemon serves.
 */
export class SharedEndpoint {
  readonly #home: Home;
  readonly #endpoint: Endpoint;
  #shown: SharedDoor | undefined;

  /** `attach` gets each server before it listens. */
  constructor(home: Home, attach: (server: Server) => void) {
    this.#home = home;
    this.#endpoint = new Endpoint({
      candidates: () => (this.#shown === undefined ? [] : [pathOf(this.#shown)]),
      isBeside: true,
      attach,
      mode: () => this.#shown?.mode ?? 0o600,
      dress: (path) => this.#dress(path),
    });
  }

  /** Whether there is what its owner has asked for, and nothing else. */
  isOurs(): boolean {
    const asked = this.#asked();
    if (!isSame(asked, this.#shown)) return false;
    return asked === undefined || this.#endpoint.isOurs();
  }

  /** Has it where its owner wants it now, or nowhere. */
  async publish(): Promise<void> {
    const asked = this.#asked();
    if (!isSame(asked, this.#shown)) await this.#endpoint.withdraw();
    this.#shown = asked;
    if (asked === undefined) return;
    checkShared(asked);
    if (!this.#endpoint.isOurs()) await demandFree(asked);
    await this.#endpoint.publish();
  }

  /** Takes it away. */
  async withdraw(): Promise<void> {
    if (this.#shown !== undefined) await this.#endpoint.withdraw();
  }

  #asked(): SharedDoor | undefined {
    return process.platform === "win32" ? undefined : readSharedDoor(this.#home);
  }

  async #dress(path: string): Promise<void> {
    const { group = null } = this.#shown ?? {};
    // Whoever may write in the folder could have put a link there meanwhile.
    if (group !== null) await lchown(path, process.getuid?.() ?? 0, group);
  }
}

function checkShared(door: SharedDoor): void {
  const { folder } = door;
  const stats = lstatSync(folder, { bigint: true, throwIfNoEntry: false });
  const isOwn = stats?.isDirectory() === true && Number(stats.uid) === process.getuid?.();
  const isFit = Buffer.byteLength(pathOf(door)) + SOCKET_SUFFIX_BYTES <= SOCKET_PATH_BYTES;
  if (isOwn && (stats.mode & 0o022n) === 0n && isFit) return;
  throw new StrongroomError(
    "UNAVAILABLE",
    `${folder} cannot hold the socket for keys: it is missing, another's, open to others, or its path too long`,
    { hint: sharedDoorCommand(door) },
  );
}

/** Two daemons that have one folder would take the socket from each other at each look. */
async function demandFree({ folder }: SharedDoor): Promise<void> {
  const path = join(folder, SHARED_SOCKET_NAME);
  if ((await connecting(path)) !== "connected") return;
  throw new StrongroomError("UNAVAILABLE", `${path} is served by another daemon`, {
    hint: "give each vault a folder of its own: strongroom key socket FOLDER",
  });
}

function pathOf({ folder }: SharedDoor): string {
  return join(folder, SHARED_SOCKET_NAME);
}

function isSame(one: SharedDoor | undefined, other: SharedDoor | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

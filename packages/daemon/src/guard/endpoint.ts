import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rename, unlink } from "node:fs/promises";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { dirname } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { closeWhenEmpty } from "../backlog.ts";
import { clearPath, sweepTemporaries, temporaryName } from "./clear.ts";
import { prepareFolder } from "./folders.ts";
import { identityOf, inodeAt, isAt } from "./inode.ts";
import type { Inode } from "./inode.ts";
import { Serial } from "./serial.ts";

/** Connections that the kernel keeps while the loop is busy; beyond them clients meet EAGAIN. */
const BACKLOG = 1024;
const TRIES = 5;

/** What an endpoint needs: where it may be, best first, looked up anew each time; and who serves. */
export interface EndpointOptions {
  readonly candidates: () => readonly string[];
  /** Whether it is beside another socket, whose folder is there or nothing is: none is made. */
  readonly isBeside?: boolean;
  /** The mode of the socket; 0600 without it. */
  readonly mode?: () => number;
  /** Gives the socket another group, before it has its name. */
  readonly dress?: (path: string) => Promise<void>;
  /** Called with each server before it listens; serves its connections from then on. */
  readonly attach: (server: Server) => void;
}

/**
 * The socket of a daemon. It is bound under a temporary name and renamed into place while it
 * listens already: clients meet the predecessor's socket until then, never a deaf one of ours,
 * and closing the server cannot unlink the name that a successor has taken.
 */
export class Endpoint {
  readonly #options: EndpointOptions;
  readonly #serial = new Serial();
  #server: Server | undefined;
  #path = "";
  #inode: Inode | undefined;

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  /** The path of the socket or the name of the pipe; empty before the first `publish`. */
  get path(): string {
    return this.#path;
  }

  /** Device and inode of the socket that was published; null where there is none. */
  get identity(): string | null {
    return this.#inode === undefined ? null : identityOf(this.#inode);
  }

  /** Whether clients that know the path reach us. */
  isOurs(): boolean {
    if (process.platform === "win32") return this.#server?.listening ?? false;
    return this.#inode !== undefined && isAt(this.#path, this.#inode);
  }

  /** Listens at the best place; connections made through an earlier one go on. */
  publish(): Promise<void> {
    return this.#serial.run(async () => {
      const { server, path } = await this.#listen();
      const former = this.#server;
      this.#server = server;
      this.#path = path;
      this.#inode = inodeAt(path);
      if (former !== undefined) void closeWhenEmpty(former);
    });
  }

  /** Takes the name away, so that no new client comes; those that wait are still accepted. */
  withdraw(): Promise<void> {
    return this.#serial.run(async () => {
      if (process.platform === "win32") return;
      if (this.isOurs()) await unlink(this.#path);
      this.#inode = undefined;
    });
  }

  /** Takes the name away, unless it is another's now, and listens no longer. */
  async close(): Promise<void> {
    await this.withdraw();
    this.#server?.close();
  }

  async #listen(): Promise<{ readonly server: Server; readonly path: string }> {
    if (process.platform === "win32") return bindFresh((path) => this.#bind(path), drawPipe);
    let refusal: unknown;
    for (const path of this.#options.candidates()) {
      try {
        if (this.#options.isBeside !== true) prepareFolder(dirname(path));
        return { server: await this.#place(path), path };
      } catch (error) {
        refusal ??= error;
      }
    }
    throw new StrongroomError("UNAVAILABLE", "no folder can hold the daemon's socket", {
      hint: "set STRONGROOM_HOME or XDG_RUNTIME_DIR to a short path of your own on a local disk",
      cause: refusal,
    });
  }

  async #place(path: string): Promise<Server> {
    const temporary = temporaryName(path);
    const server = await this.#bind(temporary);
    try {
      await this.#options.dress?.(temporary);
      await rename(temporary, path).catch(async () => {
        // A folder in the way cannot be renamed over.
        await clearPath(path);
        await rename(temporary, path);
      });
    } catch (error) {
      server.close();
      throw error;
    }
    await sweepTemporaries(path);
    return server;
  }

  async #bind(path: string): Promise<Server> {
    const server = createServer();
    this.#options.attach(server);
    this.#make(() => server.listen({ path, backlog: BACKLOG }));
    await once(server, "listening");
    // Accepting can fail for want of descriptors; the waiting client is not worth the daemon.
    server.on("error", () => undefined);
    return server;
  }

  /** The socket is made before `listen` returns, and has its mode from its first moment on. */
  #make(listen: () => void): void {
    const mask = process.umask(0o777 & ~(this.#options.mode?.() ?? 0o600));
    try {
      listen();
    } finally {
      process.umask(mask);
    }
  }
}

/** Who knows the name of a pipe could be there before its daemon: nobody knows the next one. */
function drawPipe(): string {
  return String.raw`\\.\pipe\strongroom-${randomBytes(16).toString("hex")}`;
}

/**
 * Binds what `draw` gives, and draws again while that is taken: a pipe of that name is no daemon
 * of this vault, which the lock has shown already. Rejects as `bind` does.
 */
export async function bindFresh(
  bind: (path: string) => Promise<Server>,
  draw: () => string,
): Promise<{ readonly server: Server; readonly path: string }> {
  for (let tries = 1; ; tries += 1) {
    const path = draw();
    try {
      return { server: await bind(path), path };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || tries === TRIES) throw error;
    }
  }
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { StrongroomError } from "@strongroom/client/protocol";
import { silent } from "@strongroom/daemon/src/logging/logger.ts";
import type { Logger } from "@strongroom/daemon/src/logging/logger.ts";
import { Server } from "@strongroom/daemon/src/server/listener.ts";
import { nodeTimers } from "@strongroom/daemon/src/server/timers.ts";
import type { Timers } from "@strongroom/daemon/src/server/timers.ts";
import { onTestFinished } from "vitest";

import { MapTurn } from "./map-turn.ts";

/** A real server on a real Unix socket over a `MapTurn`. */
export interface Served {
  readonly path: string;
  readonly server: Server;
  readonly turn: MapTurn;
  /** Ends the state `opening`. */
  readonly opened: () => void;
}

/** What a test may choose; `failure` is what methods are answered with instead of a turn. */
export interface ServeOptions {
  readonly timers?: Timers;
  readonly logger?: Logger;
  readonly opening?: boolean;
  readonly failure?: StrongroomError;
  /** What both ends prove that they know, as on a pipe. */
  readonly secret?: Uint8Array;
}

/** Starts a server and ends it with the test. */
export async function serve(options: ServeOptions = {}): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), "strongroom-server-"));
  const turn = new MapTurn();
  let release: (() => void) | undefined;
  const whenOpened = new Promise<void>((resolve) => {
    release = resolve;
  });
  const opened = (): void => {
    turn.state = options.failure === undefined ? "open" : "failed";
    release?.();
  };
  if (options.opening === true) turn.state = "opening";
  else opened();
  const server = new Server({
    logger: options.logger ?? silent,
    timers: options.timers ?? nodeTimers,
    context: {
      control: turn,
      state: () => turn.state,
      whenOpened: () => whenOpened,
      turn: () => options.failure ?? turn,
      used: () => undefined,
      lock: () => Promise.reject(new StrongroomError("INTERNAL", "not in this server")),
      unlock: () => Promise.resolve({ state: turn.state, unlocked: false, revision: 0 }),
      identity: () => ({ vault: "v", revision: turn.revision }),
    },
  });
  const path = join(folder, "s.sock");
  await server.listen(path, options.secret);
  onTestFinished(async () => {
    await server.close(0);
    await rm(folder, { recursive: true, force: true });
  });
  return { path, server, turn, opened };
}

/** Timers that pass only when a test says so; what is polled is polled for real. */
export class HandTimers implements Timers {
  #ticks: (() => void)[] = [];
  #time = 0;

  every(_ms: number, run: () => void): () => void {
    this.#ticks.push(run);
    return () => {
      this.#ticks = this.#ticks.filter((tick) => tick !== run);
    };
  }

  after(ms: number, run: () => void): () => void {
    return nodeTimers.after(ms, run);
  }

  polled(run: () => void): void {
    nodeTimers.polled(run);
  }

  now(): number {
    return this.#time;
  }

  /** Lets ticks of 250 ms pass, and the sockets be polled after each. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 250) {
      this.#time += 250;
      for (const tick of this.#ticks) tick();
      await polled();
    }
  }
}

/** Resolves when the sockets were polled a few times more. */
export async function polled(rounds: number = 3): Promise<void> {
  for (let round = 0; round < rounds; round += 1)
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
}

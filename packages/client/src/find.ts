import type { Socket } from "node:net";
import { SupervisorAsker } from "./ask-supervisor.ts";
import { lastReason } from "./deaths.ts";
import type { Deadline } from "./deadline.ts";
import type { DaemonProgram } from "./launch.ts";
import { outOfSight } from "./out-of-sight.ts";
import { readEnding, readLastExit, StrongroomError } from "./protocol/index.ts";
import type { Home, LastExit, PathEnvironment } from "./protocol/index.ts";
import { look } from "./look.ts";
import { startFolder } from "./start-folder.ts";
import { Starter } from "./starter.ts";
import { readSupervision } from "./supervision.ts";
import { noSocket, noVault, readVaultId } from "./vault-file.ts";

/** Whose daemon is looked for, and what may be done to have one. */
export interface Target {
  readonly home: Home;
  readonly env: PathEnvironment;
  /** Whether a daemon may be started. */
  readonly autostart: boolean;
  /** Whether a vault may be born of it. */
  readonly create: boolean;
  /** Whether one that listens is met although `vault.json` does not say which vault it is. */
  readonly anyDaemon: boolean;
  readonly daemon: DaemonProgram | undefined;
  /** Who asks, when that is not the owner. */
  readonly apiKey?: string | undefined;
}

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 250;

/**
 * A connection to the daemon of a home; starts one when nobody listens and that is allowed.
 * Throws `NOT_FOUND` without starting anything when there is no vault and none may be born.
 */
export async function findDaemon(
  target: Target,
  deadline: Deadline,
  supervisor: SupervisorAsker = new SupervisorAsker(target.home, target.env),
): Promise<Socket> {
  const { apiKey, home, env } = target;
  const starter = new Starter(home, env, target.daemon);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    deadline.throwIfAborted();
    const dialled = await look(home, env, apiKey !== undefined);
    if (dialled.kind === "connected") return dialled.socket;
    let stranger: StrongroomError | undefined;
    if (dialled.kind === "nobody") {
      ({ stranger } = dialled);
      // One that takes the place of a daemon is passed over: the next has another place.
      if (stranger !== undefined && !target.autostart) throw stranger;
      const socket = await begin(target, supervisor, starter);
      if (socket !== undefined) return socket;
    }
    if (deadline.over) throw stranger ?? (starter.hasMet ? outOfSight(home) : unreachable(target));
    // Half to all of it, so that a herd does not look in step.
    await deadline.pause(pause * (0.5 + Math.random() / 2));
  }
}

/**
 * Has a daemon started when that is allowed: by whoever starts it for everybody, or by this client
 * when it is its turn. A connection where one is had at once.
 */
async function begin(
  target: Target,
  supervisor: SupervisorAsker,
  starter: Starter,
): Promise<Socket | undefined> {
  const { home } = target;
  const missing = readVaultId(home) === undefined;
  // No key is one of a vault that is not there yet.
  if (missing && target.apiKey !== undefined) throw noSocket(home);
  if (missing && !target.create) throw noVault(home);
  if (!target.autostart) {
    const ending = readEnding(home.state, Date.now());
    if (ending !== undefined) throw stillEnding(home, ending);
    throw new StrongroomError("UNAVAILABLE", `no daemon serves ${home.vault}`, {
      hint: "start one: strongroom daemon start",
    });
  }
  // Only a client may have a vault born.
  const supervision = missing ? undefined : readSupervision(home);
  if (supervision !== undefined) return await supervisor.ask(supervision);
  starter.start(["--auto", ...(missing ? ["--create"] : [])]);
  return undefined;
}

function stillEnding({ vault }: Home, { pid, reason }: LastExit): StrongroomError {
  return new StrongroomError(
    "UNAVAILABLE",
    `the daemon of ${vault} is ending (${reason}): process ${pid} waits for refreshes that it has begun`,
    { hint: "look again in ten seconds: strongroom status" },
  );
}

function unreachable({ home }: Target): StrongroomError {
  const ending = readEnding(home.state, Date.now());
  if (ending !== undefined) return stillEnding(home, ending);
  const reason = lastReason(startFolder(home)) ?? readLastExit(home.state)?.reason;
  const why = reason === undefined ? "" : `; the last one ended with: ${reason}`;
  return new StrongroomError("UNAVAILABLE", `no daemon answered for ${home.vault}${why}`, {
    hint: "see what is wrong: strongroom doctor, strongroom daemon logs",
  });
}

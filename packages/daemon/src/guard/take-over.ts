import { connect } from "node:net";
import { join } from "node:path";
import {
  readRecord,
  RECORD_NAME,
  ReplyReader,
  RequestWriter,
  VERSION,
} from "@strongroom/client/protocol";
import type { Home } from "@strongroom/client/protocol";
import { lockVault } from "./start.ts";
import type { LockedVault } from "./start.ts";

/** How long the daemon that runs may take to answer what it accepted, and end. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 100;
/** It may speak other protocols; `hello` and `daemon/stop` are the same in all of them. */
const ANY = 1_000_000;
/** How long it may take to say that it ends. */
const ANSWER_MS = 5000;

/** What a daemon is that wants the lock of its vault. */
export interface Claimant {
  readonly home: Home;
  readonly mayCreate: boolean;
  /** Descriptors on which a supervisor listens for it. */
  readonly sockets?: readonly number[];
}

/** The lock of a vault, if nobody has it, or else if a supervisor asks for it. */
export function lockOrTakeOver({
  home,
  mayCreate,
  sockets = [],
}: Claimant): Promise<LockedVault | "already-running"> {
  return sockets.length > 0 ? takeOver(home, mayCreate) : lockVault(home, mayCreate);
}

/**
 * Takes the lock of a vault for a daemon that a supervisor has started. Who has it already, a daemon
 * that a client started, is asked to end in order, and waited for; "already-running" when it
 * does not. Throws as `lockVault` does.
 */
export async function takeOver(
  home: Home,
  mayCreate: boolean,
  patienceMs: number = PATIENCE_MS,
): Promise<LockedVault | "already-running"> {
  const until = performance.now() + patienceMs;
  const asked = new Set<number>();
  for (;;) {
    const locked = await lockVault(home, mayCreate);
    if (locked !== "already-running" || performance.now() > until) return locked;
    const record = readRecord(join(home.vault, RECORD_NAME));
    // Its answer is of no use: that it is gone is seen at the lock.
    if (record !== undefined && !asked.has(record.pid) && (await askToEnd(record.endpoint))) {
      asked.add(record.pid);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS * (0.5 + Math.random())));
  }
}

/** Whether the daemon that listens there was told to stop, and has said something to it. */
async function askToEnd(endpoint: string): Promise<boolean> {
  const socket = connect(endpoint);
  const answered = new Promise<boolean>((resolve) => {
    let replies = 0;
    const reader = new ReplyReader(socket);
    const writer = new RequestWriter(socket);
    const post = (id: number, method: string, params: object): void =>
      writer.post({ jsonrpc: "2.0", id, method, params } as Parameters<typeof writer.post>[0]);
    reader.onError(() => socket.destroy());
    reader.listen(() => {
      replies += 1;
      if (replies === 2) resolve(true);
    });
    socket.on("error", () => socket.destroy());
    socket.once("close", () => resolve(false));
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.once("connect", () => {
      const client = { name: "strongroomd", version: VERSION };
      post(0, "hello", { protocol: { min: 1, max: ANY }, client });
      post(1, "daemon/stop", {});
    });
  });
  const isTold = await answered;
  socket.destroy();
  return isTold;
}

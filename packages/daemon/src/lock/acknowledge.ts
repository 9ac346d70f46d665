import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { encodeFrame } from "@strongroom/client/protocol";
import type { StrongroomError } from "@strongroom/client/protocol";
import { handedSocket } from "../native/handed-socket.ts";
import { ASKER_FD } from "./errand.ts";
import type { Errand } from "./errand.ts";

const LOOK_MS = 2;
/** How long the asker gets to take its answer and close. */
const CLOSE_MS = 2000;

/** Resolves when the process that started this one is gone, with all that it knew. */
export async function untilGone(pid: number): Promise<void> {
  // Whoever loses its parent gets another; the number alone could be used again.
  while (process.ppid === pid) await pause(LOOK_MS);
}

/**
 * Answers the one who asked for the lock, on the connection that was handed over: `refusal` where
 * the vault is not found locked. The connection goes on with `adopt`, unless something was lost
 * that had been read from it, or nobody adopts.
 */
export async function acknowledge(
  { id, keep, revision }: NonNullable<Errand["asker"]>,
  refusal: StrongroomError | undefined,
  adopt: ((socket: Socket) => void) | undefined,
): Promise<void> {
  const socket = handedSocket(ASKER_FD);
  const outcome =
    refusal === undefined ? { result: { state: "locked", revision } } : { error: refusal.toWire() };
  const answer = encodeFrame(JSON.stringify({ jsonrpc: "2.0", id, ...outcome }));
  socket.on("error", () => undefined);
  if (keep && adopt !== undefined) {
    socket.write(answer);
    adopt(socket);
    return;
  }
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  // What is left unread at the end would be told to the asker as an error, before the answer.
  socket.resume();
  socket.end(answer);
  await Promise.race([closed, pause(CLOSE_MS, undefined, { ref: false })]);
  socket.destroy();
}

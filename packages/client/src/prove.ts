import type { Socket } from "node:net";
import {
  drawNonce,
  formatChallenge,
  formatReply,
  isProof,
  LIMITS,
  parseAnswer,
  PROOF_BYTES,
  readExactly,
} from "./protocol/index.ts";

/** What became of a proof; `lost`: the connection ended, as that of a daemon does that is stopping. */
export type Proved = "lost" | "proved" | "stranger";

/**
 * Has whoever listens at a pipe prove that it knows the secret of the daemon that made the pipe, and
 * proves the same to it. Nothing but a random number is sent to one that does not know it. The
 * socket is destroyed unless both are proved.
 */
export async function prove(
  socket: Socket,
  endpoint: string,
  secret: Uint8Array,
  limitMs: number = LIMITS.helloMs,
): Promise<Proved> {
  const clientNonce = drawNonce();
  socket.write(formatChallenge(clientNonce));
  const over = new AbortController();
  // What came while this process stood still counts: an immediate of an immediate follows a poll.
  const timer = setTimeout(() => setImmediate(() => setImmediate(() => over.abort())), limitMs);
  const line = await readExactly(socket, PROOF_BYTES.answer, over.signal);
  clearTimeout(timer);
  if (line === undefined) {
    const isSilent = over.signal.aborted;
    socket.destroy();
    return isSilent ? "stranger" : "lost";
  }
  const answer = parseAnswer(line.toString("latin1"));
  const terms = { secret, endpoint, clientNonce, daemonNonce: answer?.daemonNonce ?? "" };
  if (answer === undefined || !isProof(answer.proof, "daemon", terms)) {
    socket.destroy();
    return "stranger";
  }
  socket.write(formatReply(terms));
  return "proved";
}

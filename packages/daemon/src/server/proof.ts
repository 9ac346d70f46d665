import type { Socket } from "node:net";
import {
  drawNonce,
  formatAnswer,
  isReply,
  parseChallenge,
  PROOF_BYTES,
  readExactly,
} from "@strongroom/client/protocol";

/**
 * Has a client prove that it knows the secret of this start, and proves the same to it first. What
 * it wrote behind its proof is left in the socket. Nothing is said to one that does not begin as it
 * should, or before `signal` is aborted.
 */
export async function demandProof(
  socket: Socket,
  { endpoint, secret, signal }: Demanded,
): Promise<boolean> {
  const first = await readExactly(socket, PROOF_BYTES.challenge, signal);
  const clientNonce = first && parseChallenge(first.toString("latin1"));
  if (clientNonce === undefined) return false;
  const terms = { secret, endpoint, clientNonce, daemonNonce: drawNonce() };
  socket.write(formatAnswer(terms));
  const reply = await readExactly(socket, PROOF_BYTES.reply, signal);
  return reply !== undefined && isReply(reply.toString("latin1"), terms);
}

/** What a proof is of, and when there is no more time for it. */
export interface Demanded {
  readonly secret: Uint8Array;
  /** The name of the pipe that the client came by. */
  readonly endpoint: string;
  readonly signal: AbortSignal;
}

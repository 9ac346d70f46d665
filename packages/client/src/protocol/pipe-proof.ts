import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { closeSync, constants, openSync, readSync } from "node:fs";

/**
 * The name of the file in the vault folder with the secret of the daemon that runs: where its
 * endpoint is a pipe, which others may open or make, both ends prove that they can read this file.
 */
export const PIPE_SECRET_NAME = "daemon.secret";

const BYTES = 32;
const HEX = 2 * BYTES;
const GREETING = "strongroom-proof 1";
const TEXT = /^[0-9a-f]{64}\n$/;

/** Bytes of the three lines of a proof, their line feeds included. */
export const PROOF_BYTES: { readonly [line in "answer" | "challenge" | "reply"]: number } = {
  challenge: GREETING.length + 1 + HEX + 1,
  answer: HEX + 1 + HEX + 1,
  reply: HEX + 1,
};

/** What both ends of one connection put into their proofs. */
export interface ProofTerms {
  readonly secret: Uint8Array;
  /** The name of the pipe: what is proved for one is of no use for another. */
  readonly endpoint: string;
  /** 64 hex digits each, drawn for this connection. */
  readonly clientNonce: string;
  readonly daemonNonce: string;
}

/** A nonce for one connection: 64 hex digits. */
export function drawNonce(): string {
  return randomBytes(BYTES).toString("hex");
}

/** The bytes of the file with a secret of 32 bytes. */
export function formatPipeSecret(secret: Uint8Array): string {
  return `${Buffer.from(secret).toString("hex")}\n`;
}

/** The secret in the file at a path; undefined for anything but a whole one. */
export function readPipeSecret(path: string): Buffer | undefined {
  const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants;
  let file: number;
  try {
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const buffer = Buffer.alloc(HEX + 2);
    const text = buffer.toString("latin1", 0, readSync(file, buffer, 0, buffer.length, 0));
    return TEXT.test(text) ? Buffer.from(text.slice(0, HEX), "hex") : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** What one end proves with: 64 hex digits. */
export function proofOf(end: "client" | "daemon", terms: ProofTerms): string {
  const { clientNonce, daemonNonce, endpoint, secret } = terms;
  const text = [GREETING, end, endpoint, clientNonce, daemonNonce, ""].join("\n");
  return createHmac("sha256", secret).update(text).digest("hex");
}

/** Whether that is what this end would prove with; takes the same time for all that it is not. */
export function isProof(given: string, end: "client" | "daemon", terms: ProofTerms): boolean {
  const wanted = Buffer.from(proofOf(end, terms), "latin1");
  const got = Buffer.from(given, "latin1");
  return got.length === wanted.length && timingSafeEqual(got, wanted);
}

/** The first line, the client's. */
export function formatChallenge(clientNonce: string): string {
  return `${GREETING} ${clientNonce}\n`;
}

/** The client's nonce of that line; undefined for any other. */
export function parseChallenge(line: string): string | undefined {
  return /^strongroom-proof 1 ([0-9a-f]{64})\n$/.exec(line)?.[1];
}

/** The second line, the daemon's. */
export function formatAnswer(terms: ProofTerms): string {
  return `${terms.daemonNonce} ${proofOf("daemon", terms)}\n`;
}

/** The nonce and the proof of that line; undefined for any other. */
export function parseAnswer(
  line: string,
): { readonly daemonNonce: string; readonly proof: string } | undefined {
  const [, daemonNonce, proof] = /^([0-9a-f]{64}) ([0-9a-f]{64})\n$/.exec(line) ?? [];
  return daemonNonce === undefined || proof === undefined ? undefined : { daemonNonce, proof };
}

/** The third line, the client's; `hello` may come behind it in one write. */
export function formatReply(terms: ProofTerms): string {
  return `${proofOf("client", terms)}\n`;
}

/** Whether the third line is that of these terms. */
export function isReply(line: string, terms: ProofTerms): boolean {
  return line.endsWith("\n") && isProof(line.slice(0, -1), "client", terms);
}

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  formatAnswer,
  formatChallenge,
  formatPipeSecret,
  formatReply,
  isProof,
  isReply,
  parseAnswer,
  parseChallenge,
  PROOF_BYTES,
  readPipeSecret,
} from "@strongroom/client/protocol";
import { proofOf } from "@strongroom/client/src/protocol/pipe-proof.ts";
import { expect, it, onTestFinished } from "vitest";
import { ROOT } from "../../support/throwaway.ts";

const terms = {
  secret: Buffer.from("00".repeat(31) + "01", "hex"),
  endpoint: String.raw`\\.\pipe\strongroom-0123456789abcdef0123456789abcdef`,
  clientNonce: "a".repeat(64),
  daemonNonce: "b".repeat(64),
};

it("says what docs/protocol.md says byte for byte", () => {
  const document = readFileSync(join(ROOT, "docs/protocol.md"), "utf8");
  for (const line of [
    formatChallenge(terms.clientNonce),
    formatAnswer(terms),
    formatReply(terms),
  ]) {
    expect(document).toContain(`\`${line.trim()}\``);
  }
  expect(document).toContain(formatPipeSecret(terms.secret).trim());
  expect(document).toContain(terms.endpoint);
});

it("has lines of a fixed length, which are read back", () => {
  const challenge = formatChallenge(terms.clientNonce);
  const answer = formatAnswer(terms);
  const reply = formatReply(terms);
  expect([challenge.length, answer.length, reply.length]).toEqual([
    PROOF_BYTES.challenge,
    PROOF_BYTES.answer,
    PROOF_BYTES.reply,
  ]);
  expect(parseChallenge(challenge)).toBe(terms.clientNonce);
  const proof = proofOf("daemon", terms);
  expect(parseAnswer(answer)).toEqual({ daemonNonce: terms.daemonNonce, proof });
  expect(isReply(reply, terms)).toBe(true);
  for (const wrong of ["", "\n", ` ${challenge}`, challenge.toUpperCase(), challenge.trim()]) {
    expect(parseChallenge(wrong)).toBeUndefined();
  }
  for (const wrong of ["", answer.trim(), answer.toUpperCase(), answer.replace(" ", "  ")]) {
    expect(parseAnswer(wrong)).toBeUndefined();
  }
  for (const wrong of ["", "\n", reply.trim(), ` ${reply}`, reply.toUpperCase()]) {
    expect(isReply(wrong, terms)).toBe(false);
  }
});

it("is bound to its end, the secret, the pipe and both numbers", () => {
  const proof = proofOf("client", terms);
  expect(isProof(proof, "client", terms)).toBe(true);
  expect(isProof(proof, "daemon", terms)).toBe(false);
  for (const other of [
    { secret: Buffer.alloc(32) },
    { endpoint: "elsewhere" },
    { clientNonce: "c".repeat(64) },
    { daemonNonce: "c".repeat(64) },
  ]) {
    expect(isProof(proof, "client", { ...terms, ...other })).toBe(false);
  }
});

it("reads a secret from a whole file of its own alone", () => {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-proof-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "daemon.secret");
  expect(readPipeSecret(path)).toBeUndefined();
  const text = formatPipeSecret(terms.secret);
  writeFileSync(path, text);
  expect(readPipeSecret(path)).toEqual(terms.secret);
  for (const wrong of ["", text.slice(1), `${text}\n`, text.trim(), text.replace("1", "x")]) {
    writeFileSync(path, wrong);
    expect(readPipeSecret(path)).toBeUndefined();
  }
  mkdirSync(join(folder, "folder"));
  expect(readPipeSecret(join(folder, "folder"))).toBeUndefined();
  writeFileSync(path, text);
  symlinkSync(path, join(folder, "link"));
  expect(readPipeSecret(join(folder, "link"))).toBeUndefined();
});

import { generateX25519Identity, identityToRecipient, Decrypter } from "age-encryption";
import { seal } from "strongroom/src/exports/seal.ts";
import { Steps } from "strongroom/src/steps.ts";
import { expect, it, vi } from "vitest";

const NOBODY = {
  call: () => Promise.reject(new Error("nobody")),
  change: () => Promise.reject(new Error("nobody")),
};

it.each([0, 1, 262_144, 1_000_000])("%i bytes are sealed as they are", async (length) => {
  const identity = await generateX25519Identity();
  const text = "ab".repeat(length).slice(0, length);
  const reached = vi.spyOn(Steps.prototype, "reach");
  const sealed = await seal(NOBODY, text, [await identityToRecipient(identity)]);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  expect((await decrypter.decrypt(sealed, "text")) === text).toBe(true);
  const steps = reached.mock.calls.map(([done]) => done);
  reached.mockRestore();
  // How far it is, is told a part at a time, and at the end that it is all.
  expect([steps.length >= length / 262_144, steps.at(-1)]).toEqual([true, length]);
});

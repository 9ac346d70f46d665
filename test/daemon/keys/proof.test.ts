import { newIdentity, recipientOf, seal, unwrap } from "@strongroom/daemon/src/keys/age.ts";
import { SlotProof } from "@strongroom/daemon/src/keys/proof.ts";
import type { Slot } from "@strongroom/daemon/src/keys/slot.ts";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../support/vault.ts";

const LOG_N = 8;

async function withSlots(passphrases: readonly string[] = []): Promise<{
  readonly proof: SlotProof;
  readonly identity: string;
  readonly slots: Slot[];
  readonly pass: (ms: number) => void;
}> {
  const identity = await newIdentity();
  const slots: Slot[] = [
    { type: "recipient", recipient: await recipientOf(identity), wrapped: "" },
  ];
  for (const passphrase of passphrases) {
    const own = await newIdentity();
    const sealed = Buffer.from(await seal(own, Buffer.from(passphrase), LOG_N)).toString("base64");
    slots.push({
      type: "passphrase",
      recipient: await recipientOf(own),
      wrapped: "",
      sealed,
    });
  }
  let now = 0;
  const proof = new SlotProof(
    () => slots,
    "/vault/slots.json",
    () => now,
  );
  return { proof, identity, slots, pass: (ms) => void (now += ms) };
}

async function solved(proof: SlotProof, identity: string): Promise<string> {
  const sealed = Buffer.from(await proof.challenge(), "base64");
  return Buffer.from(await unwrap(sealed, identity, "the challenge")).toString();
}

const refused = (work: () => void): void => {
  expect(work).toThrow(expect.objectContaining({ code: "WRONG_KEY" }));
};

describe("a slot", () => {
  it("is proved by what its identity finds in a challenge, once and within a minute", async () => {
    const { identity, pass, proof } = await withSlots();
    const answer = await solved(proof, identity);
    proof.answered(`${answer}\n`);
    refused(() => proof.answered(answer));
    const late = await solved(proof, identity);
    pass(60_001);
    refused(() => proof.answered(late));
    refused(() => proof.answered(""));
    const first = await solved(proof, identity);
    for (let n = 0; n < 64; n += 1) await proof.challenge();
    refused(() => proof.answered(first));
  });

  it("is proved by its passphrase, and by that of no slot that is gone", async () => {
    const { proof, slots } = await withSlots(["one", "two"]);
    expect(proof.types).toEqual(["passphrase", "recipient"]);
    await proof.passphrase("one");
    await proof.passphrase("two");
    expect(await codeOf(proof.passphrase("three"))).toBe("WRONG_KEY");
    expect(await codeOf(proof.passphrase(""))).toBe("WRONG_KEY");
    slots.pop();
    expect(await codeOf(proof.passphrase("two"))).toBe("WRONG_KEY");
    expect(await codeOf((await withSlots()).proof.passphrase("one"))).toBe("WRONG_KEY");
  });

  it("that goes while it is being proved proves nothing", async () => {
    const { identity, proof, slots } = await withSlots(["one"]);
    const answer = await solved(proof, identity);
    const trying = codeOf(proof.passphrase("one"));
    await Promise.resolve();
    slots.pop();
    expect(await trying).toBe("WRONG_KEY");
    refused(() => proof.answered(answer));
  });

  it("is tried for a few at a time: each takes a second, and much memory", async () => {
    const { proof } = await withSlots(["one"]);
    const codes = await Promise.all(
      Array.from({ length: 6 }, () => codeOf(proof.passphrase("one"))),
    );
    expect(codes).toEqual(["resolved", "resolved", "resolved", "resolved", "BUSY", "BUSY"]);
    await proof.passphrase("one");
  });
});

import { describe, expect, test } from "vitest";
import { StrongroomError } from "@strongroom/client/protocol";
import {
  ageFailure,
  newIdentity,
  recipientOf,
  unwrap,
  unwrapStream,
  wrap,
  wrapStream,
} from "@strongroom/daemon/src/keys/age.ts";

const PATH = "/v/slots.json";
const PLAIN = Buffer.from("32 bytes of a key, more or less.");

test("an identity and its recipient are age's, and every one is new", async () => {
  const [one, other] = [await newIdentity(), await newIdentity()];
  expect(one).toMatch(/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/u);
  expect(one).not.toBe(other);
  expect(await recipientOf(one)).toMatch(/^age1[0-9a-z]{58}$/u);
  await expect(recipientOf(one.slice(0, -1))).rejects.toThrow();
});

describe("what is wrapped", () => {
  test("opens for each of its recipients, and is WRONG_KEY for anybody else", async () => {
    const identities = [await newIdentity(), await newIdentity()];
    const sealed = await wrap(PLAIN, await Promise.all(identities.map(recipientOf)));
    for (const identity of identities) {
      expect(Buffer.from(await unwrap(sealed, identity, PATH))).toEqual(PLAIN);
    }
    await expect(unwrap(sealed, await newIdentity(), PATH)).rejects.toMatchObject({
      code: "WRONG_KEY",
      message: expect.stringContaining(PATH),
    });
  });

  test("is CORRUPT or WRONG_KEY once it is changed or cut, and says nothing of the key", async () => {
    const identity = await newIdentity();
    const sealed = await wrap(PLAIN, [await recipientOf(identity)]);
    for (let at = 0; at < sealed.length; at += 3) {
      const damaged = Uint8Array.from(sealed);
      damaged[at] = 1 ^ (sealed[at] ?? 0);
      for (const content of [damaged, sealed.subarray(0, at)]) {
        await expect(unwrap(content, identity, PATH), `at ${at}`).rejects.toMatchObject({
          code: expect.stringMatching(/^(?:CORRUPT|WRONG_KEY)$/u),
          message: expect.not.stringContaining(identity.slice(16)),
        });
      }
    }
  });

  test("as a stream comes back as a stream", async () => {
    const identity = await newIdentity();
    const plain = Buffer.alloc(200_000, 7);
    const stream = await wrapStream(new Blob([plain]).stream(), [await recipientOf(identity)]);
    const sealed = await new Response(stream).arrayBuffer();
    const opened = await unwrapStream(new Blob([sealed]).stream(), identity);
    expect(Buffer.from(await new Response(opened).arrayBuffer())).toEqual(plain);
  });
});

test("a refusal of ours stays as it is", () => {
  const error = new StrongroomError("ROLLED_BACK", "as it was");
  expect(ageFailure(error, PATH)).toBe(error);
});

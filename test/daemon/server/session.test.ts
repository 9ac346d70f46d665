import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { encodeFrame, LIMITS, StrongroomError } from "@strongroom/client/protocol";
import { describe, expect, test } from "vitest";
import { HELLO, RawClient, request } from "../../support/raw-client.ts";
import { HandTimers, polled, serve } from "../../support/served.ts";
import type { Served } from "../../support/served.ts";

interface Door extends Served {
  /** Of the socket by which nobody is the owner. */
  readonly door: string;
  /** Ends the judging of a credential: rightly or not. */
  readonly judge: (isValid: boolean) => void;
}

async function served(highWaterMark = 16_384): Promise<Door> {
  // Nobody is dropped for being slow.
  const place = await serve({ timers: new HandTimers() });
  const door = join(dirname(place.path), "key.sock");
  const listener = createServer({ highWaterMark });
  place.server.attach(listener, "key");
  await new Promise<void>((resolve) => void listener.listen(door, resolve));
  let judge: (isValid: boolean) => void = () => {};
  const judged = new Promise<boolean>((resolve) => {
    judge = resolve;
  });
  place.turn.overrides = {
    "session/authenticate": async () => {
      if (!(await judged)) throw new StrongroomError("DENIED", "no such key");
      return { id: "k", name: "k", revision: 0 };
    },
  };
  return { ...place, door, judge };
}

/** Whoever is not ended waits for ever. */
const TIMEOUT = { timeout: 10_000 };
const AUTHENTICATE = request(1, "session/authenticate", { token: "srm_" });
const LARGE = request(2, "secret/set", { name: "a", value: "x".repeat(LIMITS.valueBytes) });
const framed = (bytes: number): Buffer => {
  const without = JSON.stringify(request(2, "secret/get", { name: "" }));
  const name = "x".repeat(bytes - without.length);
  return encodeFrame(JSON.stringify(request(2, "secret/get", { name })));
};

describe("who comes by the socket for keys, and has shown none,", () => {
  test("is ended by the header of a larger request than a credential takes", TIMEOUT, async () => {
    const { door } = await served();
    const client = await RawClient.greeted(door);
    client.raw(`Content-Length: ${LIMITS.unprovedBytes + 1}\r\n\r\n`);
    await client.closed;
  });

  test("is answered up to that size and ended above it, however its bytes come", async () => {
    const { door } = await served();
    const client = await RawClient.greeted(door);
    client.raw(framed(LIMITS.unprovedBytes));
    expect((await client.reply(2)).error?.data.code).toBe("DENIED");
    client.raw(framed(LIMITS.unprovedBytes + 1));
    await client.closed;
    expect(client.replies).toHaveLength(1);
  });

  test("is ended so before it said hello, too", async () => {
    const { door } = await served();
    const client = await RawClient.connect(door);
    client.raw(`Content-Length: ${LIMITS.requestBytes}\r\n\r\n`);
    await client.closed;
  });

  // A lock lets nothing pass behind it while it is judged, and lets go of that alone.
  test.each(["secret/get", "vault/lock"])("may leave as little unread: %s", async (method) => {
    const { door, server } = await served();
    const deaf = await RawClient.greeted(door);
    deaf.socket.pause();
    const params = method === "secret/get" ? { name: "a" } : {};
    deaf.send(...Array.from({ length: 20_000 }, (_, n) => request(n + 1, method, params)));
    const answered = (): number => server.figures().refusals["DENIED"] ?? 0;
    let before = -1;
    while (before !== answered()) {
      before = answered();
      await polled(300);
    }
    // Each takes some 300 bytes; what the system keeps of them on their way is not the daemon's.
    expect(answered()).toBeGreaterThan(10);
    expect(answered()).toBeLessThan(2000);
    deaf.destroy();
  });

  // 64 KiB from Node 22 on: then less waits than would have the stream say that all was taken.
  test.each([16_384, 65_536])("is answered when it reads again (%i)", TIMEOUT, async (mark) => {
    const { door, server } = await served(mark);
    const client = await RawClient.greeted(door);
    client.socket.pause();
    const count = 20_000;
    const ids = Array.from({ length: count }, (_, n) => n + 1);
    client.send(...ids.map((id) => request(id, "secret/get", { name: "a" })));
    let before = -1;
    const answered = (): number => server.figures().refusals["DENIED"] ?? 0;
    while (before !== answered()) {
      before = answered();
      await polled(300);
    }
    expect(before).toBeLessThan(count);
    client.socket.resume();
    expect((await client.reply(count)).error?.data.code).toBe("DENIED");
  });
});

describe("who sends a large request behind a credential", () => {
  test("has it read when the credential was found to be good, and not before", async () => {
    const { door, judge, turn } = await served();
    const client = await RawClient.connect(door);
    client.send(HELLO, AUTHENTICATE, LARGE);
    await client.reply(0);
    await polled(100);
    expect([turn.executed, client.socket.destroyed]).toEqual([[], false]);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    judge(true);
    expect((await client.reply(2)).result).toMatchObject({ name: "a", version: 1 });
  });

  test("is ended when it was not", async () => {
    const { door, judge, turn } = await served();
    const client = await RawClient.connect(door);
    client.send(HELLO, AUTHENTICATE, LARGE);
    await client.reply(0);
    judge(false);
    expect((await client.reply(1)).error?.data.code).toBe("DENIED");
    await client.closed;
    expect(turn.executed).toEqual([]);
  });

  test("is answered that it may not, by the owner's socket", async () => {
    const { judge, path } = await served();
    const client = await RawClient.greeted(path);
    judge(false);
    client.send(AUTHENTICATE, LARGE);
    expect((await client.reply(1)).error?.data.code).toBe("DENIED");
    expect((await client.reply(2)).error?.data.code).toBe("DENIED");
  });
});

test("the owner sends what the limits allow, with no credential", async () => {
  const { path } = await served();
  const client = await RawClient.greeted(path);
  client.send(LARGE);
  expect((await client.reply(2)).result).toMatchObject({ name: "a", version: 1 });
});

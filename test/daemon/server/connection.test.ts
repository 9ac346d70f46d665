import { StrongroomError, VERSION } from "@strongroom/client/protocol";
import { describe, expect, test } from "vitest";

import { HELLO, RawClient, request } from "../../support/raw-client.ts";
import { HandTimers, polled, serve } from "../../support/served.ts";

const set = (id: number, name: string, value: string): object =>
  request(id, "secret/set", { name, value });
const get = (id: number, name: string): object => request(id, "secret/get", { name });

describe("hello", { timeout: 10_000 }, () => {
  test("answers with protocol, version, vault, state and revision", async () => {
    const { path } = await serve();
    const client = await RawClient.connect(path);
    client.send(HELLO);
    expect((await client.reply(0)).result).toEqual({
      protocol: 1,
      version: VERSION,
      vault: "v",
      state: "open",
      revision: 0,
    });
  });

  test("works in one write with the first request", async () => {
    const { path } = await serve();
    const client = await RawClient.connect(path);
    client.send(HELLO, set(1, "a", "b"), get(2, "a"));
    expect((await client.reply(2)).result).toMatchObject({ value: "b", version: 1 });
  });

  test("comes first, or the connection is closed without a reply", async () => {
    const { path, turn } = await serve();
    for (const first of [
      set(1, "a", "b"),
      request(1, "vault/status"),
      { jsonrpc: "2.0", method: "$/cancelRequest", params: { id: 1 } },
    ]) {
      const client = await RawClient.connect(path);
      client.send(first, HELLO);
      await client.closed;
      expect(client.replies).toEqual([]);
    }
    expect(turn.executed).toEqual([]);
  });

  test.each([
    [{ min: 2, max: 3 }, "protocols 2 to 3", "restart the daemon"],
    [{ min: 0, max: 0 }, "protocol 0", "update the client"],
  ])(
    "refuses %j with a typed error that names both sides, then closes",
    async (range, theirs, hint) => {
      const { path } = await serve();
      const client = await RawClient.connect(path);
      const params = { protocol: range, client: { name: "t", version: "0" } };
      client.send(request(0, "hello", params), get(1, "a"));
      await client.closed;
      const { error } = await client.reply(0);
      expect(error?.data.code).toBe("PROTOCOL_MISMATCH");
      expect(error?.message).toContain(`the client (t 0) speaks ${theirs}`);
      expect(error?.message).toContain(`strongroom ${VERSION}) speaks protocol 1`);
      expect(error?.data.hint).toContain(hint);
      expect(client.replies.find(({ id }) => id === 1)?.result).toBeUndefined();
    },
  );

  test("takes the highest common protocol of a wider range", async () => {
    const { path } = await serve();
    const client = await RawClient.connect(path);
    const params = { protocol: { min: 1, max: 9 }, client: { name: "t", version: "0" } };
    client.send(request(0, "hello", params));
    expect((await client.reply(0)).result).toMatchObject({ protocol: 1 });
  });

  test("is refused as INVALID a second time, and the connection goes on", async () => {
    const { path } = await serve();
    const client = await RawClient.greeted(path);
    client.send(HELLO);
    expect((await client.reply(0)).error?.data.code).toBe("INVALID");
    expect((await client.call("vault/read", { names: [] })).result).toBeDefined();
  });

  test("must come within 2 s, but one that waits in the socket has come", async () => {
    const timers = new HandTimers();
    const { path } = await serve({ timers });
    const mute = await RawClient.connect(path);
    const partial = await RawClient.connect(path);
    partial.raw("Content-Length: 100\r\n\r\n{");
    const late = await RawClient.connect(path);
    await timers.pass(2000);
    expect([mute, partial].map((client) => client.socket.destroyed)).toEqual([false, false]);
    // In time, but nobody polled since: as when the process was stopped, or busy.
    late.send(HELLO);
    await timers.pass(250);
    await Promise.all([mute.closed, partial.closed]);
    expect((await late.reply(0)).result).toBeDefined();
  });
});

describe("a connection", { timeout: 10_000 }, () => {
  test("answers an unknown method with -32601 and INVALID, without saying it back", async () => {
    const { path } = await serve();
    const client = await RawClient.greeted(path);
    for (const method of ["canary/x", "toString", "__proto__", "$/cancelRequest"]) {
      const { error } = await client.call(method, {});
      expect(error).toMatchObject({ code: -32601, data: { code: "INVALID" } });
      expect(error?.message).not.toContain(method);
    }
  });

  test("lets pipelined requests see each other in order", async () => {
    const { path, turn } = await serve();
    const open = turn.hold();
    const client = await RawClient.greeted(path);
    client.send(set(1, "a", "1"), set(2, "a", "2"), get(3, "a"), set(4, "a", "3"), get(5, "a"));
    await polled(10);
    expect(client.replies).toEqual([]);
    open();
    await client.reply(5);
    expect(turn.executed).toEqual(["set a", "set a", "get a", "set a", "get a"]);
    expect((await client.reply(3)).result).toMatchObject({ value: "2" });
    expect((await client.reply(5)).result).toMatchObject({ value: "3" });
  });

  test("does not wait for the mutations of others, nor lets status wait for its own", async () => {
    const { path, turn } = await serve();
    turn.secrets.set("a", {
      value: "old",
      encoding: "utf8",
      version: 1,
      metadata: {},
      updatedAt: 0,
    });
    const open = turn.hold();
    const writer = await RawClient.greeted(path);
    writer.send(set(1, "a", "new"));
    const reader = await RawClient.greeted(path);
    expect((await reader.call("secret/get", { name: "a" })).result).toMatchObject({ value: "old" });
    expect((await writer.call("vault/status")).result).toMatchObject({ state: "open" });
    open();
    await writer.reply(1);
  });

  test("aborts what it has queued when it is closed", async () => {
    const { path, turn, server } = await serve();
    const open = turn.hold();
    const client = await RawClient.greeted(path);
    client.send(set(1, "a", "1"));
    let aborted = false;
    turn.overrides = {
      "secret/delete": ({ name }, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            aborted = true;
            reject(new StrongroomError("TIMEOUT", "left"));
          });
          if (name !== "a") reject(new Error("never"));
        }),
    };
    client.send(request(2, "secret/delete", { name: "a" }));
    await polled(10);
    await server.close(0);
    expect(aborted).toBe(true);
    open();
    await polled();
    expect(turn.executed).toEqual([]);
  });

  test("makes methods wait while the vault opens, but answers hello and status", async () => {
    const { path, opened } = await serve({ opening: true });
    const client = await RawClient.connect(path);
    client.send(HELLO, set(1, "a", "b"), get(2, "a"));
    expect((await client.reply(0)).result).toMatchObject({ state: "opening" });
    expect((await client.call("vault/status")).result).toMatchObject({ state: "opening" });
    await polled(10);
    expect(client.replies.some(({ id }) => id === 1)).toBe(false);
    opened();
    expect((await client.reply(2)).result).toMatchObject({ value: "b" });
  });

  test("answers every method with the error of a vault that cannot be opened", async () => {
    const failure = new StrongroomError("CORRUPT", "journal.1 is damaged", { hint: "repair" });
    const { path, opened } = await serve({ opening: true, failure });
    const client = await RawClient.greeted(path);
    const waiting = client.call("secret/get", { name: "a" });
    opened();
    for (const reply of [await waiting, await client.call("secret/set", { name: "a", value: "" })])
      expect(reply.error).toMatchObject({
        message: "journal.1 is damaged",
        data: { code: "CORRUPT", hint: "repair", retryable: false },
      });
    expect((await client.call("vault/status")).result).toMatchObject({ state: "failed" });
    expect((await client.call("daemon/stop")).result).toEqual({ revision: 0 });
  });

  test("answers TOO_LARGE instead of a reply above 8 MiB, and goes on", async () => {
    const { path, turn } = await serve();
    turn.secrets.set("big", {
      value: "x".repeat(1_000_000),
      encoding: "utf8",
      version: 1,
      metadata: {},
      updatedAt: 0,
    });
    const client = await RawClient.greeted(path);
    const nine = await client.call("vault/read", { names: Array<string>(9).fill("big") });
    expect(nine.error?.data.code).toBe("TOO_LARGE");
    const eight = await client.call("vault/read", { names: Array<string>(8).fill("big") });
    expect(eight.result?.["secrets"]).toHaveLength(8);
  });

  test("carries 1 MiB of U+0001 there and back in base64", async () => {
    const { path } = await serve();
    const client = await RawClient.greeted(path);
    const value = Buffer.alloc(1_048_576, 1).toString("base64");
    await client.call("secret/set", { name: "a", value, encoding: "base64" });
    const { result } = await client.call("secret/get", { name: "a" });
    expect(result).toMatchObject({ encoding: "base64", version: 1 });
    expect(result?.["value"]).toBe(value);
  });

  test("ends with its client, whatever waits for its turn and is answered nothing", async () => {
    const { path, server } = await serve();
    const taken = request(undefined, "$/cancelRequest", { id: 1 });
    for (const frames of [0, 8, 16, 100]) {
      const cancellations = Array.from({ length: frames }, () => taken);
      const leaving = await RawClient.greeted(path);
      leaving.send(...cancellations);
      leaving.socket.end();
      await leaving.closed;
    }
    const staying = await RawClient.greeted(path);
    staying.send(...Array.from({ length: 100 }, () => taken));
    await polled();
    await server.close(60_000);
    await staying.closed;
  });

  test("is closed after 60 s without a request, and not while one is in flight", async () => {
    const timers = new HandTimers();
    const { path, turn } = await serve({ timers });
    const open = turn.hold();
    const busy = await RawClient.greeted(path);
    busy.send(set(1, "a", "b"));
    const idle = await RawClient.greeted(path);
    await timers.pass(59_500);
    expect(idle.socket.destroyed).toBe(false);
    await idle.call("vault/read", { names: [] });
    await timers.pass(59_500);
    expect(idle.socket.destroyed).toBe(false);
    await timers.pass(1_500);
    await idle.closed;
    expect(busy.socket.destroyed).toBe(false);
    open();
    expect((await busy.reply(1)).result).toBeDefined();
  });
});

import { readdir, readFile } from "node:fs/promises";
import { createConnection } from "node:net";

import { encodeFrame, LIMITS, ReplyReader, RequestWriter } from "@strongroom/client/protocol";
import { describe as placeOf } from "@strongroom/daemon/src/logging/fields.ts";
import { silent } from "@strongroom/daemon/src/logging/logger.ts";
import { describe, expect, test } from "vitest";
import { createMessageConnection } from "vscode-jsonrpc/node";

import { HELLO, RawClient, request } from "../../support/raw-client.ts";
import { HandTimers, polled, serve } from "../../support/served.ts";

const GET = request(1, "secret/get", { name: "a" });

/** Sends the bytes on a greeted connection and waits for its end; then another client is served. */
async function closesOn(bytes: Buffer | string): Promise<void> {
  const { path } = await serve();
  const attacker = await RawClient.greeted(path);
  attacker.raw(bytes);
  await attacker.closed;
  expect(attacker.replies).toEqual([]);
  const other = await RawClient.greeted(path);
  expect((await other.call("vault/read", { names: [] })).result).toEqual({
    secrets: [],
    revision: 0,
  });
}

const frame = (text: string): Buffer => encodeFrame(text);
const bytes = (n: number): Buffer => json(request(n, "vault/read", { names: [] }));
const json = (message: object): Buffer => frame(JSON.stringify(message));

describe("what vscode-jsonrpc leaves open, J1 to J17", { timeout: 10_000 }, () => {
  test("J1: a flood of header bytes ends its connection", async () => {
    await closesOn(Buffer.alloc(4_000_000, 0x41));
  });

  test("J2: a body above the cap ends the connection when it is announced", async () => {
    await closesOn("Content-Length: 99999999\r\n\r\n");
    await closesOn(`Content-Length: ${LIMITS.requestBytes + 1}\r\n\r\n`);
  });

  test("J3: a length that is no plain number, or is given twice, ends the connection", async () => {
    for (const length of ["-5", "2abc", "1e1"]) await closesOn(`Content-Length: ${length}\r\n\r\n`);
    await closesOn("Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}");
  });

  test("J4: after a framing error nothing more is read, so no later request is misread", async () => {
    await closesOn(Buffer.concat([Buffer.from("Content-Length: x\r\n\r\n"), json(GET)]));
  });

  test("J5: a body that is no JSON, or is too deep, ends the connection", async () => {
    await closesOn(frame("{nonsense"));
    await closesOn(frame("[".repeat(1000)));
    await closesOn(Buffer.concat([Buffer.from("Content-Length: 1\r\n\r\n"), Buffer.from([0xff])]));
  });

  test("J6: no error says what came in, and what a handler throws is not passed on", async () => {
    const places: unknown[] = [];
    const ends: unknown[] = [];
    const { path, turn } = await serve({
      logger: {
        ...silent,
        failure: (_event, error) => places.push(placeOf(error)),
        connection: (_id, reason) => ends.push(reason),
      },
    });
    turn.overrides = {
      "secret/get": () => {
        throw new TypeError("Unexpected token: hunter2");
      },
    };
    const client = await RawClient.greeted(path);
    const { error } = await client.call("secret/get", { name: "hunter2" });
    expect(error?.data.code).toBe("INTERNAL");
    expect(JSON.stringify([error, places])).not.toContain("hunter2");
    expect(JSON.stringify(places)).toContain("hazards.test.ts");
    client.raw(frame("hunter2"));
    await client.closed;
    expect(ends).toEqual(["json"]);
  });

  test("J7: what is pending is rejected when the socket dies", async () => {
    const { path, turn, server } = await serve();
    const open = turn.hold();
    const socket = createConnection(path);
    const rpc = createMessageConnection(new ReplyReader(socket), new RequestWriter(socket));
    rpc.onClose(() => rpc.dispose());
    rpc.listen();
    await rpc.sendRequest("hello", {
      protocol: { min: 1, max: 1 },
      client: { name: "t", version: "0" },
    });
    const pending = rpc.sendRequest("secret/set", { name: "a", value: "b" });
    const rejected = expect(pending).rejects.toThrow("disposed");
    await polled();
    await server.close(0);
    await rejected;
    open();
  });

  test('J8: an id that is in flight ends the connection, and 7 and "7" are one', async () => {
    for (const twin of [7, "7"]) {
      const { path, turn } = await serve();
      const open = turn.hold();
      const client = await RawClient.greeted(path);
      client.send(request(7, "secret/set", { name: "a", value: "1" }));
      client.send(request(twin, "secret/set", { name: "a", value: "2" }));
      await client.closed;
      open();
      expect(turn.secrets.get("a")?.value).not.toBe("2");
    }
  });

  test("J8: an id may be used again once it was answered", async () => {
    const { path } = await serve();
    const client = await RawClient.greeted(path);
    for (let round = 0; round < 3; round += 1) {
      client.send(request("7", "vault/read", { names: [] }));
      await client.reply("7");
      client.replies.length = 0;
    }
    client.send(request(7, "vault/read", { names: [] }));
    expect((await client.reply(7)).result).toBeDefined();
  });

  test("J8: an id that comes twice in one write is judged when its second request is taken up", async () => {
    const { path } = await serve();
    const met = { closed: 0, answeredTwice: 0 };
    for (let before = 0; before < 8; before += 1) {
      const client = await RawClient.greeted(path);
      const others = Array.from({ length: before }, (_, index) => bytes(100 + index));
      client.raw(Buffer.concat([...others, bytes(7), bytes(7), bytes(8)]));
      const last = await Promise.race([client.closed, client.reply(8)]);
      if (last === undefined) {
        met.closed += 1;
        continue;
      }
      met.answeredTwice += 1;
      expect(client.replies.slice(-3).map(({ id }) => id)).toEqual([7, 7, 8]);
      client.destroy();
    }
    // Eight requests have their turn; only where it ends between the two is the first answered.
    expect(met).toEqual({ closed: 7, answeredTwice: 1 });
  });

  test("J9: params by position, or of another type, are INVALID and choose no argument", async () => {
    const { path } = await serve();
    const client = await RawClient.greeted(path);
    for (const params of [["a", { isCancellationRequested: true }], null, 7, "a"])
      expect((await client.call("secret/get", params)).error?.data.code).toBe("INVALID");
    const missing = await client.call("secret/get");
    expect(missing.error).toMatchObject({ code: -32602, message: "name is missing" });
  });

  test("J10: another version, a batch, an id of null and a response end the connection", async () => {
    await closesOn(frame('{"jsonrpc":"1.0","id":1,"method":"vault/status"}'));
    await closesOn(frame(`[${JSON.stringify(GET)}]`));
    await closesOn(json({ ...GET, id: null }));
    await closesOn(json({ jsonrpc: "2.0", id: 1, result: 1 }));
  });

  test("J11: a cancellation takes back what is queued, by either form of the id", async () => {
    const { path, turn } = await serve();
    const open = turn.hold();
    const client = await RawClient.greeted(path);
    client.send(request(7, "secret/set", { name: "a", value: "1" }));
    await polled(6);
    client.send({ jsonrpc: "2.0", method: "$/cancelRequest", params: { id: "7" } });
    expect((await client.reply(7)).error?.data.code).toBe("TIMEOUT");
    client.send(
      request(8, "secret/set", { name: "b", value: "1" }),
      { jsonrpc: "2.0", method: "$/cancelRequest", params: { id: 8 } },
      { jsonrpc: "2.0", method: "$/cancelRequest", params: { id: 8 } },
      { jsonrpc: "2.0", method: "$/cancelRequest", params: { id: 99 } },
    );
    expect((await client.reply(8)).error?.data.code).toBe("TIMEOUT");
    open();
    await client.call("vault/read", { names: [] });
    expect(turn.executed).toEqual([]);
  });

  test("J11: a cancellation takes back what waits for the vault to be opened", async () => {
    const { opened, path, turn } = await serve({ opening: true });
    const client = await RawClient.greeted(path);
    client.send(request(7, "secret/set", { name: "a", value: "1" }));
    await polled(6);
    client.send({ jsonrpc: "2.0", method: "$/cancelRequest", params: { id: 7 } });
    await polled(6);
    opened();
    expect((await client.reply(7)).error?.data.code).toBe("TIMEOUT");
    await client.call("vault/read", { names: [] });
    expect(turn.executed).toEqual([]);
  });

  test("J11: a cancellation without an id, and any other notification, end the connection", async () => {
    await closesOn(frame('{"jsonrpc":"2.0","method":"$/cancelRequest"}'));
    await closesOn(frame('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{}}'));
    await closesOn(frame('{"jsonrpc":"2.0","method":"$/setTrace","params":{"value":"verbose"}}'));
  });

  test("J12: no more than 64 requests are in flight; the rest waits in the socket", async () => {
    const { path, turn } = await serve();
    const open = turn.hold();
    const client = await RawClient.greeted(path);
    const begun = new Set<string>();
    turn.overrides = {
      "secret/set": async ({ name }) => {
        begun.add(name);
        await new Promise((resolve) => {
          setTimeout(resolve, 50);
        });
        return { name, version: 1, revision: 1 };
      },
    };
    client.send(
      ...Array.from({ length: 200 }, (_, n) =>
        request(n + 1, "secret/set", { name: `n${n}`, value: "" }),
      ),
    );
    while (begun.size < 64) await polled();
    await polled(20);
    expect(begun.size).toBe(64);
    open();
    await client.reply(200);
    expect(client.replies.length).toBe(200);
  });

  test("J12: who does not read is not read for, is dropped after 5 s, and holds up nobody", async () => {
    const timers = new HandTimers();
    const { path, turn } = await serve({ timers });
    turn.secrets.set("big", {
      value: "x".repeat(1_000_000),
      encoding: "utf8",
      version: 1,
      metadata: {},
      updatedAt: 0,
    });
    const deaf = await RawClient.greeted(path);
    deaf.socket.pause();
    deaf.send(
      ...Array.from({ length: 60 }, (_, n) => request(n + 1, "secret/get", { name: "big" })),
    );
    await polled(200);
    expect(turn.executed.length).toBeLessThan(5);
    const other = await RawClient.greeted(path);
    expect((await other.call("secret/get", { name: "big" })).result).toBeDefined();
    await timers.pass(4_500);
    expect(deaf.socket.destroyed).toBe(false);
    await timers.pass(1_500);
    deaf.socket.resume();
    await deaf.closed;
    expect(deaf.replies.length).toBeLessThan(5);
  });

  test("J12: who reads late gets everything", async () => {
    const { path, turn } = await serve();
    turn.secrets.set("big", {
      value: "x".repeat(1_000_000),
      encoding: "utf8",
      version: 1,
      metadata: {},
      updatedAt: 0,
    });
    const late = await RawClient.greeted(path);
    late.socket.pause();
    late.send(
      ...Array.from({ length: 60 }, (_, n) => request(n + 1, "secret/get", { name: "big" })),
    );
    await polled(100);
    late.socket.resume();
    await late.reply(60);
    expect(late.replies.map(({ id }) => id)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
  });

  test("J13: a hundred handlers that throw leave room for the next request", async () => {
    const { path, turn } = await serve();
    turn.overrides = {
      "vault/verify": () => {
        throw new Error("no");
      },
    };
    const client = await RawClient.greeted(path);
    for (let n = 0; n < 100; n += 1) await client.call("vault/verify");
    expect((await client.call("vault/read", { names: [] })).result).toBeDefined();
  });

  test("J14: no source uses the transports of the library, its tracing or its logger", async () => {
    const forbidden = /create\w*(Pipe|Socket)Transport|\.trace\(|StreamMessage(Reader|Writer)/;
    const packages = new URL("../../../packages/", import.meta.url);
    const files = (await readdir(packages, { recursive: true })).filter((file) =>
      /^\w+\/src\/.*\.ts$/.test(file),
    );
    expect(files.length).toBeGreaterThan(20);
    for (const file of files)
      expect(await readFile(new URL(file, packages), "utf8"), file).not.toMatch(forbidden);
  });

  test("J15: an incomplete frame ends its connection after 10 s, however it drips", async () => {
    const timers = new HandTimers();
    const { path } = await serve({ timers });
    const slow = await RawClient.greeted(path);
    const drip = json(request(1, "vault/read", { names: ["a".repeat(100)] }));
    let sent = 0;
    for (let second = 0; second < 9; second += 1) {
      slow.raw(drip.subarray(sent, (sent += 1)));
      await timers.pass(1000);
    }
    expect(slow.socket.destroyed).toBe(false);
    await timers.pass(2000);
    await slow.closed;
    expect(slow.replies).toEqual([]);
  });

  test("J15: frames that follow each other may overlap every tick", async () => {
    const timers = new HandTimers();
    const { path } = await serve({ timers });
    const client = await RawClient.greeted(path);
    client.raw(bytes(1).subarray(0, 10));
    for (let n = 1; n < 30; n += 1) {
      client.raw(Buffer.concat([bytes(n).subarray(10), bytes(n + 1).subarray(0, 10)]));
      await client.reply(n);
      await timers.pass(500);
    }
    expect(client.socket.destroyed).toBe(false);
  });

  test("J16: a client that closes its writing half still gets its replies", async () => {
    const { path } = await serve();
    const client = await RawClient.connect(path);
    client.socket.end(
      Buffer.concat([json(HELLO), json(request(1, "secret/set", { name: "a", value: "b" }))]),
    );
    await client.closed;
    expect(client.replies.map(({ id }) => id)).toEqual([0, 1]);
    expect(client.replies[1]?.result).toMatchObject({ version: 1 });
  });

  test("J16: clients that vanish with replies on their way take nobody with them", async () => {
    const { path, turn, server } = await serve();
    turn.secrets.set("big", {
      value: "x".repeat(1_000_000),
      encoding: "utf8",
      version: 1,
      metadata: {},
      updatedAt: 0,
    });
    for (let n = 0; n < 20; n += 1) {
      const client = await RawClient.greeted(path);
      client.send(GET, request(2, "secret/get", { name: "big" }));
      client.destroy();
      const reset = await RawClient.connect(path);
      reset.send(HELLO, request(2, "secret/get", { name: "big" }));
      reset.socket.destroySoon();
    }
    const other = await RawClient.greeted(path);
    expect((await other.call("secret/get", { name: "big" })).result).toBeDefined();
    while (server.figures().connections > 1) await polled();
  });

  test("J17: the library is pinned to one version everywhere", async () => {
    for (const file of ["packages/client", "packages/daemon", "test"]) {
      const text = await readFile(
        new URL(`../../../${file}/package.json`, import.meta.url),
        "utf8",
      );
      expect(text).toContain('"vscode-jsonrpc": "10.0.0"');
    }
  });
});

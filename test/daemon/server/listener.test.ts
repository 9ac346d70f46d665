import { createServer } from "node:net";

import { LIMITS } from "@strongroom/client/protocol";
import { describe, expect, test } from "vitest";

import { HELLO, RawClient, request } from "../../support/raw-client.ts";
import { HandTimers, polled, serve } from "../../support/served.ts";

describe("the server", { timeout: 10_000 }, () => {
  test("drops what connects beyond 256 and serves again when there is room", async () => {
    const { path, server } = await serve({ timers: new HandTimers() });
    const clients = [];
    for (let n = 0; n < LIMITS.connections; n += 1) clients.push(await RawClient.connect(path));
    clients[0]?.send(HELLO);
    await clients[0]?.reply(0);
    expect(server.figures().connections).toBe(LIMITS.connections);
    const beyond = await RawClient.connect(path);
    await beyond.closed;
    clients.pop()?.destroy();
    while (server.figures().connections === LIMITS.connections) await polled();
    await RawClient.greeted(path);
    for (const client of clients) client.destroy();
  });

  test("counts its refusals by code", async () => {
    const { path, server } = await serve();
    const client = await RawClient.greeted(path);
    await client.call("secret/get", { name: "a" });
    await client.call("secret/get", { name: "a" });
    await client.call("secret/get");
    expect(server.figures()).toEqual({
      connections: 1,
      refusals: { NOT_FOUND: 2, INVALID: 1 },
    });
  });

  test("outlives an error of its socket", async () => {
    const { server } = await serve();
    const listener = createServer();
    server.attach(listener);
    listener.emit("error", Object.assign(new Error("accept EAGAIN"), { code: "EAGAIN" }));
    expect(server.figures().connections).toBe(0);
  });

  test("answers what it accepted when it is closed, and ends the others", async () => {
    const { path, server, turn } = await serve();
    const open = turn.hold();
    const busy = await RawClient.greeted(path);
    const idle = await RawClient.greeted(path);
    busy.send(request(1, "secret/set", { name: "a", value: "b" }));
    // Not a poll between these and close: they wait in the backlog and in the socket.
    const fresh = RawClient.connect(path);
    const closed = server.close(10_000);
    const late = await fresh;
    late.send(HELLO, request(1, "secret/set", { name: "c", value: "d" }));
    await idle.closed;
    expect(busy.socket.destroyed).toBe(false);
    open();
    await closed;
    expect((await busy.reply(1)).result).toMatchObject({ name: "a" });
    await late.closed;
    expect(late.replies.map(({ result }) => result !== undefined)).toEqual([true, true]);
    await expect(RawClient.connect(path)).rejects.toThrow(/ENOENT|ECONNREFUSED/);
  });

  test("drops who is left when the grace is over", async () => {
    const { path, server, turn } = await serve();
    turn.hold();
    const client = await RawClient.greeted(path);
    client.send(request(1, "secret/set", { name: "a", value: "b" }));
    await polled(6);
    await server.close(0);
    await client.closed;
    expect(turn.executed).toEqual([]);
  });

  test("knows for how long it was quiet, and never is with a request in flight", async () => {
    const timers = new HandTimers();
    const { path, server, turn } = await serve({ timers });
    await timers.pass(1000);
    expect(server.quietMs()).toBe(1000);
    const client = await RawClient.greeted(path);
    await timers.pass(500);
    expect(server.quietMs()).toBeLessThanOrEqual(500);
    const open = turn.hold();
    client.send(request(1, "secret/set", { name: "a", value: "b" }));
    await polled(6);
    await timers.pass(5000);
    expect(server.quietMs()).toBe(0);
    open();
    await client.reply(1);
    await timers.pass(750);
    expect(server.quietMs()).toBe(750);
  });
});

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";

import { encodeFrame, LIMITS } from "@strongroom/client/protocol";
import { prove } from "@strongroom/client/src/prove.ts";
import { nodeTimers } from "@strongroom/daemon/src/server/timers.ts";
import type { Timers } from "@strongroom/daemon/src/server/timers.ts";
import { describe, expect, test } from "vitest";

import { HELLO } from "../../support/raw-client.ts";
import { polled, serve } from "../../support/served.ts";

const secret = randomBytes(32);

/** Those of Node, but nobody is dropped for the time that a proof takes. */
const timers: Timers = {
  ...nodeTimers,
  after: (ms, run) => (ms === LIMITS.helloMs ? () => {} : nodeTimers.after(ms, run)),
};

/** So many that connect and say nothing, in the order in which they came. */
async function strangers(path: string, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let n = 0; n < count; n += 1) {
    const socket = connect(path);
    // Who is dropped ends.
    socket.on("error", () => {}).resume();
    sockets.push(socket);
    await once(socket, "connect");
  }
  return sockets;
}

/** Proves itself and says hello: what it was answered, nothing where it was dropped. */
async function greet(socket: Socket, path: string): Promise<string> {
  socket.pause();
  if ((await prove(socket, path, secret, 5000)) !== "proved") return "";
  socket.write(encodeFrame(JSON.stringify(HELLO)));
  return new Promise((resolve) => {
    socket.once("data", (chunk) => resolve(chunk.toString()));
    socket.once("close", () => resolve(""));
  });
}

async function owner(path: string): Promise<{ readonly socket: Socket; readonly said: string }> {
  const [socket] = await strangers(path, 1);
  if (socket === undefined) throw new Error("no socket");
  return { socket, said: await greet(socket, path) };
}

describe("those who have not proved that they know the secret", { timeout: 20_000 }, () => {
  test("keep the owner out of nothing, however many they are", async () => {
    const { path } = await serve({ secret, timers });
    const silent = await strangers(path, LIMITS.connections + LIMITS.unprovedConnections);
    const { said, socket } = await owner(path);
    expect(said).toContain('"vault":"v"');
    for (const each of [...silent, socket]) each.destroy();
  });

  test("are so many, of whom the first makes room for the next", async () => {
    const { path, server } = await serve({ secret, timers });
    const silent = await strangers(path, LIMITS.unprovedConnections);
    await polled();
    expect(silent.filter((each) => each.destroyed)).toEqual([]);
    const closed = Promise.all(silent.slice(0, 2).map((each) => once(each, "close")));
    const late = await strangers(path, 2);
    await closed;
    expect([...silent.slice(2), ...late].filter((each) => each.destroyed)).toEqual([]);
    expect(server.figures().connections).toBe(0);
    for (const each of [...silent, ...late]) each.destroy();
  });

  test("may be a crowd that comes at once and does know it: all are served", async () => {
    const { path, server } = await serve({ secret, timers });
    const crowd = await strangers(path, LIMITS.connections);
    const said = await Promise.all(crowd.map((each) => greet(each, path)));
    expect(said.filter((text) => text === "")).toEqual([]);
    expect(server.figures().connections).toBe(LIMITS.connections);
    for (const each of crowd) each.destroy();
  });

  test("are not counted among those who have", async () => {
    const { path, server } = await serve({ secret, timers });
    const served = [];
    for (let n = 0; n < LIMITS.connections - 1; n += 1) served.push(await owner(path));
    expect(served.filter(({ said }) => said === "")).toEqual([]);
    const silent = await strangers(path, LIMITS.unprovedConnections);
    await polled();
    expect(silent.filter((each) => each.destroyed)).toEqual([]);
    const last = await owner(path);
    expect(last.said).toContain('"vault":"v"');
    expect(server.figures().connections).toBe(LIMITS.connections);
    const beyond = await owner(path);
    expect(beyond.said).toBe("");
    for (const { socket } of [...served, last, beyond]) socket.destroy();
    for (const each of silent) each.destroy();
  });
});

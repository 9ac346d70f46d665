import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

import { encodeFrame } from "@strongroom/client/protocol";
import { expect, onTestFinished, test } from "vitest";

import { recordOf } from "../support/daemons.ts";
import { unexpectedEnd } from "../support/ending.ts";
import { discard, startDaemon, temporaryHome } from "../support/processes.ts";
import { HELLO, RawClient, request } from "../support/raw-client.ts";
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

const ATTACKS = ["header-flood", "drip", "deaf-pipeline", "nonsense"];

/** A program of `support/`: what it says first, and its end if it comes before the test's. */
interface Started {
  readonly child: ChildProcess;
  readonly said: string;
  readonly ended: Promise<never>;
}

async function start(program: string, ...args: readonly string[]): Promise<Started> {
  const child = fork(new URL(`../support/${program}`, import.meta.url), args, {
    execArgv: ["--import", "tsx", "-C", "strongroom-source"],
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = unexpectedEnd(program, child);
  const [said] = (await Promise.race([ended, once(child, "message")])) as [string];
  return { child, said, ended };
}

test("another client waits for two turns of each client that pipelines, at most", async () => {
  const { path, turn } = await serve();
  const attackers = await Promise.all(Array.from({ length: 16 }, () => RawClient.greeted(path)));
  const neighbour = await RawClient.greeted(path);
  const pipeline = Array.from({ length: 64 }, (_, n) =>
    request(n, "secret/get", { name: "attacked" }),
  );
  const [rounds, full] = [size(20, 1000), 1000];
  let most = 0;
  for (let round = 0; round < rounds; round += 1) {
    turn.executed.length = 0;
    for (const attacker of attackers) attacker.send(...pipeline);
    await neighbour.call("secret/get", { name: "kept" });
    most = Math.max(most, turn.executed.indexOf("get kept"));
    for (const attacker of attackers) {
      while (attacker.replies.length < pipeline.length) await polled(1);
      attacker.replies.length = 0;
    }
    neighbour.replies.length = 0;
  }
  const asked = attackers.length * pipeline.length;
  printCount(`rounds of ${asked} pipelined requests, at most ${most} served first`, rounds, full);
  expect(most).toBeLessThanOrEqual(attackers.length * 8 * 2);
});

test(
  "the daemon outlives every attack and keeps what it acknowledged meanwhile",
  { timeout: COUNTED_MS },
  async () => {
    const home = temporaryHome();
    const child = await startDaemon(home);
    const ended = unexpectedEnd("the attacked daemon", child);
    try {
      const endpoint = recordOf(home)?.endpoint ?? "";
      const attackers = await Promise.all(
        Array.from({ length: 3 }, () => start("attacker-process.ts", endpoint)),
      );
      const ends = [ended, ...attackers.map((attacker) => attacker.ended)];
      const client = await RawClient.greeted(endpoint);
      const full = 1000;
      const sets = size(40, full);
      for (const attack of ATTACKS) {
        for (const attacker of attackers) attacker.child.send(attack);
        for (let n = 0; n < sets; n += 1) {
          const params = { name: attack, value: String(n) };
          const { error } = await Promise.race([client.call("secret/set", params), ...ends]);
          expect(error).toBeUndefined();
          client.replies.length = 0;
          if (n % 10 !== 9) continue;
          const compacted = await Promise.race([client.call("vault/compact", {}), ...ends]);
          expect(compacted.error).toBeUndefined();
        }
        printCount(`durable sets and compactions beside 3 attackers, ${attack}`, sets, full);
      }
      for (const attack of ATTACKS) {
        const { result } = await Promise.race([
          client.call("secret/get", { name: attack }),
          ...ends,
        ]);
        expect(result).toMatchObject({ value: String(sets - 1), version: sets });
      }
      expect(recordOf(home)?.pid).toBe(child.pid);
      // First: an attacker without a victim would end by itself.
      for (const attacker of attackers) attacker.child.kill("SIGKILL");
    } finally {
      await discard(home);
    }
  },
);

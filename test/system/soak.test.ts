import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@strongroom/client";
import type { Client } from "@strongroom/client";
import { encodeFrame } from "@strongroom/client/protocol";
import { afterEach, expect, test } from "vitest";
import { Daemons, recordOf } from "../support/daemons.ts";
import { unexpectedEnd } from "../support/ending.ts";
import { LONG, pause, rounds } from "../support/processes.ts";
import { HELLO, RawClient, request } from "../support/raw-client.ts";

const MIB = 1_048_576;
const PARTS = 10;
/**
 * The part that the last one is compared with: in the full run the ids of 100 000 requests are
 * remembered by then, which is the most; in a small one the heap has come to its size.
 */
const WARM = LONG ? 2 : 5;
/** V8 lets garbage grow to several times of what is held, and RSS with it; here to a fifth. */
const EAGER = "--heap-growing-percent=20";
const NAMES = 500;
const VISITORS = 16;
/** Below the 64 that a connection may have in flight. */
const IN_FLIGHT = 48;
const BATCH = 50;

/** What a process holds after a part of the soak; bytes. */
interface Held {
  /** The least that it held at any moment of that part: what garbage comes and goes is above. */
  readonly rss: number;
  /** Open files without a connection and after a compaction. */
  readonly descriptors: number;
  readonly log: number;
  readonly epoch: number;
}

const daemons = new Daemons();
afterEach(() => daemons.clear());

function rssOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))!;
  return Number(kilobytes) * 1024;
}

function sizeOf(folder: string): number {
  return readdirSync(folder)
    .map((name) => statSync(join(folder, name)).size)
    .reduce((sum, size) => sum + size, 0);
}

/** Connects and leaves: with an answer, without one, without a word, and in the middle of one. */
async function visit(endpoint: string, n: number): Promise<void> {
  const client = await RawClient.connect(endpoint);
  if (n % 4 === 0) client.send(HELLO, request(1, "vault/status", {}));
  if (n % 4 === 1) client.send(HELLO, request(1, "secret/list", { limit: 3 }));
  if (n % 4 === 2) client.raw(encodeFrame(JSON.stringify(HELLO)).subarray(0, 40));
  if (n % 4 === 0) await client.reply(1);
  if (n % 2 === 0) client.socket.end();
  client.destroy();
  await client.closed;
}

async function visits(endpoint: string, count: number): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) await visit(endpoint, n);
  };
  await Promise.all(Array.from({ length: VISITORS }, one));
}

/** Single sets for the one half, batches of fifty with deletions in them for the other. */
async function mutate(clients: readonly Client[], from: number, count: number): Promise<void> {
  const value = (n: number): string => `${n}`.padEnd(60 + (n % 80), "v");
  let done = 0;
  const single = async (client: Client, until: number): Promise<void> => {
    for (let n = done++; n < until; n = done++) {
      await client.set(`single/${(from + n) % NAMES}`, value(n));
    }
  };
  const half = Math.ceil(count / 2);
  const lanes = clients.flatMap((client) => Array.from({ length: IN_FLIGHT }, () => client));
  await Promise.all(lanes.map((client) => single(client, half)));
  let batched = half;
  const batches = async (client: Client): Promise<void> => {
    while (batched < count) {
      const first = from + batched;
      const size = Math.min(BATCH, count - batched);
      batched += size;
      const name = (n: number): string => `batch/${(first + n) % NAMES}`;
      await client.batch(
        Array.from({ length: size }, (_, n) =>
          n % 10 === 9
            ? ({ op: "delete", name: name(n - 1) } as const)
            : ({ op: "set", name: name(n), value: value(n) } as const),
        ),
      );
    }
  };
  await Promise.all(clients.map(batches));
}

/** How many files the daemon has open, once those of connections are gone. */
async function descriptorsOf(pid: number, expected: number): Promise<number> {
  const count = (): number => readdirSync(`/proc/${pid}/fd`).length;
  for (let looks = 0; looks < 40 && count() > expected; looks += 1) await pause(50);
  return count();
}

async function live(
  home: string,
  pid: number,
  figures: readonly [number, number],
): Promise<Held[]> {
  const [connections, mutations] = figures;
  const samples: number[] = [];
  const sampler = setInterval(() => samples.push(rssOf(pid)), 20);
  const held: Held[] = [];
  const began = performance.now();
  try {
    for (let part = 0; part < PARTS; part += 1) {
      samples.length = 0;
      await visits(recordOf(home)!.endpoint, connections / PARTS);
      const clients = await Promise.all(
        Array.from({ length: 4 }, () => connect({ home, autostart: false, timeout: "120s" })),
      );
      await mutate(clients, (part * mutations) / PARTS, mutations / PARTS);
      // Whatever the journal's size has brought, each part has at least this one.
      const { epoch } = await clients[0]!.compact();
      for (const client of clients) client.close();
      const descriptors = await descriptorsOf(pid, held[0]?.descriptors ?? 0);
      const log = sizeOf(join(home, "log"));
      const rss = Math.min(...samples);
      held.push({ rss, descriptors, log, epoch: Number.parseInt(epoch, 16) });
      console.log(
        `part ${part + 1} of ${PARTS} at ${Math.round((performance.now() - began) / 1000)} s: ` +
          `RSS ${(rss / MIB).toFixed(1)} MiB, ${descriptors} descriptors, ` +
          `log ${(log / MIB).toFixed(1)} MiB, epoch ${epoch}`,
      );
    }
    return held;
  } finally {
    clearInterval(sampler);
  }
}

test.runIf(process.platform === "linux")(
  "a daemon holds no more at the end of a long life than when it was warm",
  async () => {
    const connections = rounds("soak: connects and disconnects", 1000, 100_000);
    const mutations = rounds("soak: mutations", 10_000, 1_000_000);
    const home = join(daemons.folder(), "home");
    const { child, pid } = await daemons.started(home, {
      args: ["--log-level", "debug"],
      node: [EAGER],
    });
    const held = await Promise.race([
      live(home, pid, [connections, mutations]),
      unexpectedEnd("the daemon", child),
    ]);
    const warm = held[WARM]!;
    const last = held.at(-1)!;
    const growth = (last.rss - warm.rss) / MIB;
    console.log(
      `${connections} connects, ${mutations} mutations, ${last.epoch - 1} compactions: RSS grew by ` +
        `${growth.toFixed(1)} MiB after part ${WARM + 1}, ${last.descriptors - warm.descriptors} ` +
        `descriptors more, log ${(last.log / MIB).toFixed(1)} MiB`,
    );
    expect(held.map(({ descriptors }) => descriptors)).toEqual(held.map(() => warm.descriptors));
    expect(last.log).toBeLessThanOrEqual(20 * MIB);
    expect(growth).toBeLessThanOrEqual(10);
  },
  LONG ? 3_600_000 : 120_000,
);

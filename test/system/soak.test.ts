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
/** The part that the last one is compared with: by then the heap has come to its size. */
const WARM = LONG ? 1 : 5;
/** MiB that it may still grow: a short life ends before the heap has come to its size. */
const MAY_GROW = LONG ? 10 : 40;
/** V8 lets garbage grow to several times of what is held, and RSS with it; here to a fifth. */
const EAGER = "--heap-growing-percent=20";
const NAMES = 500;
const VISITORS = 16;
const CLIENTS = 4;
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

function valueOf(n: number): string {
  return `${n}`.padEnd(60 + (n % 80), "v");
}

/** Single sets, and without request ids: of those as many are remembered as come in a minute. */
async function singles(endpoint: string, from: number, count: number): Promise<void> {
  let next = 0;
  const lots = async (): Promise<void> => {
    const client = await RawClient.greeted(endpoint);
    while (next < count) {
      const first = next;
      next = Math.min(count, first + IN_FLIGHT);
      const lot = Array.from({ length: next - first }, (_, id) => {
        const n = from + first + id;
        return request(id, "secret/set", { name: `single/${n % NAMES}`, value: valueOf(n) });
      });
      client.send(...lot);
      for (const id of lot.keys()) {
        const { error } = await client.reply(id);
        if (error !== undefined) throw new Error(error.message);
      }
      client.replies.length = 0;
    }
    client.destroy();
  };
  await Promise.all(Array.from({ length: CLIENTS }, lots));
}

/** Batches of fifty with deletions in them, as the SDK sends them. */
async function batches(clients: readonly Client[], from: number, count: number): Promise<void> {
  let next = 0;
  const some = async (client: Client): Promise<void> => {
    while (next < count) {
      const first = from + next;
      const size = Math.min(BATCH, count - next);
      next += size;
      const name = (n: number): string => `batch/${(first + n) % NAMES}`;
      await client.batch(
        Array.from({ length: size }, (_, n) =>
          n % 10 === 9
            ? ({ op: "delete", name: name(n - 1) } as const)
            : ({ op: "set", name: name(n), value: valueOf(first + n) } as const),
        ),
      );
    }
  };
  await Promise.all(clients.map(some));
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
      const half = mutations / PARTS / 2;
      await singles(recordOf(home)!.endpoint, part * half, half);
      const clients = await Promise.all(
        Array.from({ length: CLIENTS }, () => connect({ home, autostart: false, timeout: "120s" })),
      );
      await batches(clients, part * half, half);
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
    expect(growth).toBeLessThanOrEqual(MAY_GROW);
  },
  LONG ? 3_600_000 : 120_000,
);

import { once } from "node:events";
import { connect } from "@strongroom/client";
import { expect, test } from "vitest";
import { recordOf } from "../support/daemons.ts";
import { deathOf, MOMENTS, placesOf, serving, startMortal } from "../support/mortal.ts";
import type { Mortal, MortalSite, Phase } from "../support/mortal.ts";
import {
  discard,
  LONG,
  pause,
  rounds,
  startDaemon,
  temporaryHome,
  worker,
} from "../support/processes.ts";
import { seededRandom } from "../support/random.ts";
import { WriterBook } from "../support/writer-book.ts";

const SEED = Date.now() % 1_000_000;
/** Of eight cycles, one ends inside an opening, one inside a compaction, six at any moment. */
const PLAN = ["any", "open", "any", "any", "any", "compaction", "any", "any"] as const;
const LONGEST_MS = 400;

/** The sites of an opening and of a compaction, from a daemon that lives through both. */
async function rehearse(home: string): Promise<readonly MortalSite[]> {
  for (const last of [false, true]) {
    const daemon = startMortal(home, "rehearse");
    await serving(home, daemon);
    const opening = [...daemon.sites];
    const client = await connect({ home, autostart: false, timeout: "60s" });
    await client.compact();
    client.close();
    daemon.kill();
    await daemon.ended;
    // The first one made the vault.
    if (last) return [...opening, ...daemon.sites.filter(({ phase }) => phase === "compaction")];
  }
  return [];
}

test("no acknowledged write is lost, no open refused and no value invented by kill -9 under eight writers", async () => {
  const cycles = rounds(`kill -9 cycles under 8 writers, seed ${SEED}`, 8, 1000);
  const random = seededRandom(SEED);
  const shuffled = <T>(from: readonly T[]): T[] =>
    from
      .map((each) => ({ each, key: random() }))
      .toSorted((one, other) => one.key - other.key)
      .map(({ each }) => each);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const home = temporaryHome();
  const sites = await rehearse(home);
  // Every place is met before one is met again.
  const places = {
    open: shuffled(placesOf(sites, "open")),
    compaction: shuffled(placesOf(sites, "compaction")),
  };
  const next = (phase: Phase): readonly [Phase, number, string] => {
    const place = places[phase][kills[phase] % places[phase].length]!;
    return [phase, pick(place).site, pick(MOMENTS)];
  };
  const writers = Array.from({ length: 8 }, (_, id) => worker("writer", home, [`w${id}`, 25]));
  const book = new WriterBook(writers);
  const kills = { any: 0, open: 0, compaction: 0 };
  const hit = new Map<string, number>();
  const acknowledged: number[] = [];
  let lost = 0;
  let refused = 0;

  const look = async (): Promise<void> => {
    const reader = await connect({ home, autostart: false, timeout: "120s" });
    book.absorb();
    for (const names of book.lots()) {
      const { secrets } = await reader.read([...names]);
      for (const [index, name] of names.entries()) {
        if (!book.kept(name, secrets[index])) lost += 1;
      }
    }
    reader.close();
  };
  const opened = async <T>(start: Promise<T>): Promise<T> => {
    try {
      const daemon = await start;
      await look();
      return daemon;
    } catch (error) {
      refused += 1;
      throw error;
    }
  };
  const died = async (phase: Phase, daemon: Mortal): Promise<void> => {
    const { said } = await deathOf(daemon);
    const [site] = daemon.sites;
    if (site === undefined) throw new Error(`it did not come to its end: ${said}`);
    kills[phase] += 1;
    const line = `inside ${phase}, at ${site.kind} ${site.name}`;
    hit.set(line, (hit.get(line) ?? 0) + 1);
  };
  const cycleOf = {
    any: async (): Promise<void> => {
      const daemon = await opened(startDaemon(home, []));
      await pause(random() * LONGEST_MS);
      const gone = once(daemon, "exit");
      daemon.kill("SIGKILL");
      await gone;
      kills.any += 1;
    },
    open: async (): Promise<void> => {
      const daemon = startMortal(home, ...next("open"));
      await died("open", daemon);
      // A record names its epoch from the moment that the vault is open.
      expect(recordOf(home)).toMatchObject({ pid: daemon.pid, epoch: null });
    },
    compaction: async (): Promise<void> => {
      const daemon = startMortal(home, ...next("compaction"));
      await opened(serving(home, daemon));
      await pause(random() * LONGEST_MS);
      const client = await connect({ home, autostart: false, timeout: "60s" });
      // It dies before it can answer.
      await expect(client.compact()).rejects.toThrow();
      client.close();
      await died("compaction", daemon);
    },
  };

  try {
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const before = book.acknowledgements;
      const phase = PLAN[cycle % PLAN.length]!;
      await cycleOf[phase]();
      book.absorb();
      acknowledged.push(book.acknowledgements - before);
      if (cycle % 100 === 99) console.log(`${cycle + 1} kills, ${lost} lost`);
    }
    await opened(startDaemon(home, []));
    for (const { stop } of writers) stop();
    await Promise.all(writers.map(({ done }) => done));
    await look();
    const reader = await connect({ home, autostart: false, timeout: "120s" });
    const { ok } = await reader.verify();
    reader.close();

    const median = acknowledged.toSorted((one, other) => one - other)[cycles >> 1]!;
    const invented = book.invented();
    console.log(
      [...hit]
        .map(([where, times]) => `${where}: ${times}`)
        .toSorted()
        .join("\n"),
    );
    console.log(
      `${kills.any} kills at any moment, ${kills.open} inside open, ${kills.compaction} inside compaction; ` +
        `${book.acknowledgements} acknowledgements, ${median} in the median cycle: ` +
        `${lost} lost, ${refused} refused opens, ${invented} invented values`,
    );
    expect({ ok, lost, refused, invented }).toEqual({ ok: true, lost: 0, refused: 0, invented: 0 });
    // A busy machine writes less in a cycle, and few cycles have no middle to speak of.
    expect(median).toBeGreaterThanOrEqual(LONG ? 20 : 1);
    expect(Math.min(kills.open, kills.compaction)).toBeGreaterThanOrEqual(cycles / 10);
  } finally {
    for (const { child } of writers) child.kill("SIGKILL");
    await discard(home);
  }
}, 3_600_000);

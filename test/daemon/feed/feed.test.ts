import { Feed } from "@strongroom/daemon/src/feed/feed.ts";
import type { EventKind, FeedEvent } from "@strongroom/daemon/src/feed/block.ts";
import { ByteReader } from "@strongroom/daemon/src/vault/reader.ts";
import { ByteWriter } from "@strongroom/daemon/src/vault/writer.ts";
import { array, assert, constantFrom, integer, property, record as fields } from "fast-check";
import { describe, expect, it } from "vitest";

const KINDS: readonly EventKind[] = ["delete", "revoke", "set"];

/** Commits with so many events each, one revision after the other. */
function commits(...sizes: readonly number[]): FeedEvent[] {
  return sizes.flatMap((size, at) =>
    Array.from({ length: size }, (_, n) => ({
      kind: KINDS[n % 3] ?? "set",
      name: `é/${at}/${n}`,
      revision: at + 1,
    })),
  );
}

/** All that it knows behind a number. */
function read(feed: Feed, from: number): FeedEvent[] {
  const all: FeedEvent[] = [];
  for (let place = from; place < feed.end;) {
    const found = feed.from(place) ?? [];
    expect(found.length).toBeGreaterThan(0);
    all.push(...found);
    place += found.length;
  }
  return all;
}

function copied(feed: Feed): Feed {
  const copy = new Feed();
  copy.restore(feed.standing);
  for (const block of feed.blocks()) {
    const record = new ByteWriter();
    block.write(record);
    copy.load(new ByteReader(record.view()));
  }
  return copy;
}

describe("a feed", () => {
  it("gives what a list of all events gives, whatever is asked, also when it was kept", () => {
    const some = array(
      fields({ size: integer({ min: 1, max: 3000 }), expired: integer({ min: 0, max: 2 }) }),
      { minLength: 1, maxLength: 12 },
    );
    assert(
      property(
        some,
        integer({ min: 0, max: 13 }),
        constantFrom(true, false),
        (parts, since, keep) => {
          const all = parts.flatMap(({ expired, size }, at) => [
            ...commits(...Array.from({ length: at + 1 }, (_, n) => (n === at ? size : 0))),
            ...Array.from({ length: expired }, (_, n): FeedEvent => {
              return { kind: "expire", name: `e${n}`, revision: at + 1 };
            }),
          ]);
          const written = new Feed();
          written.append(all.slice(0, all.length >> 1));
          const feed = keep ? copied(written) : written;
          feed.append(all.slice(all.length >> 1));
          expect(feed.end).toBe(all.length);
          const behind = all.filter(
            ({ kind, revision }) => revision > since || (revision === since && kind === "expire"),
          );
          expect(read(feed, feed.behind(since) ?? -1)).toEqual(behind);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("knows the last 100 000 events at least, and says from where on", () => {
    const feed = new Feed();
    for (let revision = 1; revision <= 120_000; revision += 1) {
      feed.append([{ kind: "set", name: "a", revision }]);
    }
    const { begin, floor } = feed.standing;
    expect(feed.end).toBe(120_000);
    expect(feed.end - begin).toBeGreaterThanOrEqual(100_000);
    expect(feed.end - begin).toBeLessThan(100_000 + 2 * 4096);
    expect(feed.behind(floor - 1)).toBeUndefined();
    expect(feed.behind(20_000)).toBe(20_000);
    expect(feed.from(begin - 1)).toBeUndefined();
    expect(feed.from(feed.end + 1)).toBeUndefined();
    expect(copied(feed).standing).toEqual(feed.standing);
    expect(read(copied(feed), begin)).toEqual(read(feed, begin));
  });

  it("tells what ends in the order of the ends, once, and only where it still was to end", () => {
    const ends = array(
      fields({ at: integer({ min: 1, max: 50 }), name: constantFrom("a", "b", "c") }),
    );
    assert(
      property(ends, integer({ min: 1, max: 60 }), (expiries, until) => {
        const feed = new Feed();
        for (const expiry of expiries) feed.willExpire(expiry);
        feed.expire(until >> 1, 7, ({ name }) => name !== "b");
        feed.expire(until, 7, ({ name }) => name !== "b");
        feed.expire(until, 8, () => true);
        // Of each name what was said last.
        const last = new Map(expiries.map(({ at, name }) => [name, at]));
        const told = [...last]
          .map(([name, at]) => ({ name, at }))
          .filter(({ at, name }) => at <= until && name !== "b")
          .toSorted((one, other) => one.at - other.at || (one.name < other.name ? -1 : 1));
        expect(read(feed, 0).map(({ name }) => name)).toEqual(told.map(({ name }) => name));
      }),
    );
  });

  it("calls who listens when there is more, and no more when they have left", () => {
    const feed = new Feed();
    let calls = 0;
    const leave = feed.listen(() => (calls += 1));
    feed.append([]);
    feed.append(commits(2));
    leave();
    feed.append(commits(1));
    expect(calls).toBe(1);
  });
});

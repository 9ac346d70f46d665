import { describe, expect, it } from "vitest";
import { pageOf } from "@strongroom/daemon/src/audit/listing.ts";
import { Trail } from "@strongroom/daemon/src/audit/trail.ts";
import { verifyTrail } from "@strongroom/daemon/src/audit/verification.ts";
import { readSegment } from "@strongroom/daemon/src/storage/segment.ts";
import type { SegmentPlace } from "@strongroom/daemon/src/storage/ledger.ts";
import { ByteReader } from "@strongroom/daemon/src/vault/reader.ts";
import { ByteWriter } from "@strongroom/daemon/src/vault/writer.ts";
import type { AuditEntry } from "@strongroom/client/protocol";
import { DiskVault } from "../../support/disk-vault.ts";
import { HOME } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";
import { codeOf, TestClock } from "../../support/vault.ts";

const SIGNAL = new AbortController().signal;
const OWNER = { actor: "owner", signal: SIGNAL } as const;
const EVERYTHING = { after: 0, limit: 1000, matches: () => true } as const;

class Audited {
  readonly disk: SimulatedDisk;
  readonly vault: DiskVault;

  private constructor(disk: SimulatedDisk, vault: DiskVault) {
    this.disk = disk;
    this.vault = vault;
  }

  static async open(disk = new SimulatedDisk(), clock = new TestClock()): Promise<Audited> {
    return new Audited(disk, await DiskVault.open(disk, clock));
  }

  set(name: string): Promise<unknown> {
    return this.vault.engine.execute("secret/set", { name, value: "v" }, OWNER);
  }

  segment = (
    place: SegmentPlace,
    record: (record: Uint8Array) => void,
  ): ReturnType<typeof readSegment> => {
    const vaultId = Buffer.from(this.vault.opened.vaultId, "hex");
    return readSegment({ disk: this.disk, folder: HOME.vault, vaultId }, place, record);
  };

  async entries(): Promise<readonly AuditEntry[]> {
    return (await pageOf(this.vault.state.audit, this.segment, EVERYTHING)).entries;
  }

  async names(): Promise<string> {
    return (await this.entries()).map(({ name }) => name).join(" ");
  }

  /** Turns a byte of a file over: from the front, or from the end. */
  flip(file: string, place: number): void {
    const bytes = Buffer.from(this.disk.world.peek(`${HOME.vault}/${file}`));
    const at = place < 0 ? bytes.length + place : place;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    this.disk.world.poke(`${HOME.vault}/${file}`, bytes);
  }

  /** As a new process finds it; the old one is killed. */
  reopened(): Promise<Audited> {
    return Audited.open(this.disk, this.vault.clock);
  }

  files(): readonly string[] {
    return this.disk
      .listNow(HOME.vault)
      .filter((name) => name.startsWith("audit."))
      .toSorted();
  }

  /** Makes so many records that a segment is not small. */
  async fill(records = 6000): Promise<void> {
    const name = "n".repeat(200);
    const operations = Array.from({ length: 1000 }, (_, at) => ({
      op: "set" as const,
      name: `${name}${at}`,
      value: "v",
    }));
    for (let made = 0; made < records; made += operations.length) {
      await this.vault.engine.execute("vault/batch", { operations }, OWNER);
    }
  }
}

describe("the audit of a vault", () => {
  it("holds each change with its time, its revision and whose it was, in order", async () => {
    const { vault, entries, set } = await bound();
    await set("a");
    vault.clock.pass(1000);
    await vault.engine.execute("secret/delete", { name: "a" }, OWNER);
    const time = vault.clock.wall;
    const common = { actor: "owner", name: "a", outcome: "ok" };
    expect(await entries()).toEqual([
      { ...common, number: 1, time: time - 1000, revision: 1, operation: "set" },
      { ...common, number: 2, time, revision: 2, operation: "delete" },
    ]);
  });

  it("stays whose it was when the frames are read again", async () => {
    const audited = await Audited.open();
    const first = audited.set("first");
    const calls = ["a", "b"].map((name) => {
      const who = { actor: "owner", client: name, pid: 7, uid: 1000, executable: "/bin/x" };
      const caller = { ...OWNER, who };
      return audited.vault.engine.execute("secret/set", { name, value: "v" }, caller);
    });
    await Promise.all([first, ...calls, audited.set("last")]);
    const before = await audited.entries();
    expect(before.map(({ client }) => client)).toEqual([undefined, "a", "b", undefined]);
    const again = await (await audited.reopened()).entries();
    expect(again).toEqual(before);
    expect(again[1]).toMatchObject({ pid: 7, uid: 1000, executable: "/bin/x" });
  });

  it("goes on over kills, stops and compactions, and counts on", async () => {
    let audited = await Audited.open();
    for (let round = 0; round < 12; round += 1) {
      await audited.set(`s${round}`);
      if (round % 3 === 0) await audited.vault.compact();
      if (round % 4 === 1) await audited.vault.close();
      if (round % 2 === 1) audited = await audited.reopened();
    }
    const entries = await audited.entries();
    expect(entries.map(({ name }) => name)).toEqual(
      Array.from({ length: 12 }, (_, at) => `s${at}`),
    );
    expect(entries.map(({ number }) => number)).toEqual(entries.map((_, at) => at + 1));
    await verifyTrail(audited.vault.state.audit, audited.segment);
  });

  it("writes small segments again with what follows, and keeps one file", async () => {
    let audited = await Audited.open();
    for (let round = 0; round < 10; round += 1) {
      await audited.set(`s${round}`);
      audited = await audited.reopened();
      expect(audited.files()).toHaveLength(1);
    }
    expect((await audited.entries()).length).toBe(10);
  });

  it("leaves a segment that has grown as it is, and seals nothing where nothing came", async () => {
    let audited = await Audited.open();
    await audited.fill();
    audited = await audited.reopened();
    const [first] = audited.files();
    await audited.set("later");
    audited = await audited.reopened();
    expect(audited.files()).toHaveLength(2);
    expect(audited.files()[0]).toBe(first);
    const files = audited.files();
    audited = await audited.reopened();
    expect(audited.files()).toEqual(files);
    expect(audited.vault.state.audit.last).toBe(6001);
  });

  it("drops the oldest segments beyond what is to be kept, and tells how many", async () => {
    let audited = await Audited.open();
    const policy = { keepBytes: 1_048_576 };
    await audited.vault.engine.execute("audit/policy", policy, OWNER);
    for (let round = 0; round < 3; round += 1) {
      await audited.fill(3000);
      audited = await audited.reopened();
    }
    const { audit } = audited.vault.state;
    expect(audit.from.count).toBe(3001);
    const kept = audit.segments.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(kept).toBeLessThan(2 * 1_048_576);
    const dropped = await pageOf(audit, audited.segment, {
      ...EVERYTHING,
      matches: ({ operation }) => operation === "audit/drop",
    });
    expect(dropped.entries).toMatchObject([{ actor: "strongroom", count: 3001 }]);
    expect(audited.files().length).toBe(audit.segments.length);
    await verifyTrail(audit, audited.segment);
  });

  it("keeps nobody from the secrets when a small segment is damaged, and names the record", async () => {
    const first = await Audited.open();
    for (let at = 0; at < 40; at += 1) await first.set(`s${at}`);
    const second = await first.reopened();
    const [file = ""] = second.files();
    second.flip(file, 300);
    const third = await second.reopened();
    await third.set("later");
    expect(third.vault.state.audit.last).toBe(41);
    const fault = await verifyTrail(third.vault.state.audit, third.segment).catch(String);
    expect(fault).toContain(`${file}: audit record 1 is broken`);
  });

  it("names the first record that a flipped byte makes doubtful, wherever it is", async () => {
    const audited = await Audited.open();
    for (let at = 0; at < 900; at += 1) await audited.set(`s${at}`);
    const again = await audited.reopened();
    const [file = ""] = again.files();
    again.flip(file, -20);
    const fault = await verifyTrail(again.vault.state.audit, again.segment).catch(String);
    const number = Number(/audit record (\d+) is broken/.exec(String(fault))?.[1]);
    expect(number).toBeGreaterThan(500);
    again.flip(file, -20);
    await verifyTrail(again.vault.state.audit, again.segment);
  });

  it("tells a segment that is missing, and one that another took the place of", async () => {
    let audited = await Audited.open();
    for (let round = 0; round < 2; round += 1) {
      await audited.fill();
      audited = await audited.reopened();
    }
    const { audit } = audited.vault.state;
    const [one = "", other = ""] = audited.files();
    const path = (name: string): string => `${HOME.vault}/${name}`;
    await audited.disk.rename(path(one), path("kept"));
    const missing = await verifyTrail(audit, audited.segment).catch(String);
    expect(missing).toContain(`${one}: audit record 1 is broken (it is missing`);
    await audited.disk.link(path(other), path(one));
    const swapped = await verifyTrail(audit, audited.segment).catch(String);
    expect(swapped).toContain(`${one}: audit record 1 is broken`);
  });

  it("is shown in pages that a reply has room for, whatever it is about", async () => {
    const audited = await Audited.open();
    const { state } = audited.vault;
    const name = "\u0001".repeat(8192);
    const event = { time: 1, who: { actor: "owner" }, operation: "get", name, reason: undefined };
    const events = Array.from({ length: 100 }, () => ({ ...event, count: 1 }));
    for (let times = 0; times < 3; times += 1) await audited.vault.engine.record(events);
    let after = 0;
    let pages = 0;
    for (; after < state.audit.last; pages += 1) {
      const page = await pageOf(state.audit, audited.segment, { ...EVERYTHING, after });
      expect(JSON.stringify(page).length).toBeLessThan(8_388_608);
      expect(page.entries[0]?.number).toBe(after + 1);
      after = page.next;
    }
    expect(after).toBe(300);
    expect(pages).toBe(3);
  });

  it("is shown around a segment that is damaged or gone, which is named", async () => {
    let audited = await Audited.open();
    for (let round = 0; round < 3; round += 1) {
      await audited.fill();
      audited = await audited.reopened();
    }
    await audited.set("later");
    const { audit } = audited.vault.state;
    const [, middle = ""] = audited.files();
    audited.flip(middle, 200_000);
    const found: number[] = [];
    const damaged: string[] = [];
    for (let after = 0; after < audit.last;) {
      const page = await pageOf(audit, audited.segment, { ...EVERYTHING, after, limit: 5000 });
      found.push(...page.entries.map(({ number }) => number));
      damaged.push(...page.damaged);
      after = page.next;
    }
    const [broken] = [/audit record (\d+) is broken/.exec(damaged.join())?.[1]].map(Number);
    expect(damaged).toHaveLength(1);
    expect(damaged[0]).toContain(middle);
    const counted = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => from + at);
    expect(found).toEqual([...counted(1, broken ?? 0), ...counted(12_001, 18_002)]);
    expect(broken).toBeGreaterThan(6500);
  });

  it("is left out of a backup", async () => {
    const audited = await Audited.open();
    await audited.set("a");
    const again = await audited.reopened();
    const kinds = Array.from(again.vault.state.copy(), ([kind]) => kind);
    expect(kinds).not.toContain(20);
    expect(Array.from(again.vault.state.records(), ([kind]) => kind)).toContain(20);
  });

  it("takes in no other records than those that were sealed", async () => {
    const audited = await Audited.open();
    for (const name of ["a", "b"]) await audited.set(name);
    const { audit } = (await audited.reopened()).vault.state;
    const sealed = new Trail();
    const writer = new ByteWriter();
    audit.write(writer);
    sealed.read(new ByteReader(writer.view()));
    const records = Array.from(audit.tail(), ({ record }) => Buffer.from(record));
    expect(sealed.adopt(records.toReversed())).toBe(false);
    expect(sealed.adopt(records.slice(1))).toBe(false);
    expect(sealed.last).toBe(2);
    expect(sealed.adopt(records)).toBe(true);
    expect(sealed.last).toBe(2);
  });

  it("goes on in another vault behind what is sealed, which stays where it was", async () => {
    const audited = await Audited.open();
    await audited.set("a");
    const { audit } = (await audited.reopened()).vault.state;
    audit.detach();
    expect(audit.last).toBe(1);
    expect(audit.kept()).toEqual(new Set());
    expect(audit.from.count).toBe(0);
  });

  it("has dropped nothing where the epoch that would have done it could not be started", async () => {
    let audited = await Audited.open();
    for (let round = 0; round < 3; round += 1) {
      await audited.fill(3000);
      audited = await audited.reopened();
    }
    const policy = { keepBytes: 1_048_576 };
    await audited.vault.engine.execute("audit/policy", policy, OWNER);
    const { audit } = audited.vault.state;
    const records = Array.from(audit.begin(99n)?.blocks ?? []);
    expect(records.length).toBeGreaterThan(0);
    audit.settle(false);
    expect(audit.last).toBe(9001);
    expect(audit.from.count).toBe(0);
    await audited.vault.compact();
    expect(audited.vault.state.audit.last).toBe(9002);
    expect(audited.vault.state.audit.from.count).toBeGreaterThan(0);
    await verifyTrail(audited.vault.state.audit, audited.segment);
  });

  it("survives an epoch that could not be started", async () => {
    const audited = await Audited.open();
    await audited.set("a");
    audited.disk.trouble = "full";
    const compacting = audited.vault.engine.execute("vault/compact", {}, OWNER);
    expect(await codeOf(compacting)).toBe("DISK_FULL");
    expect(audited.files()).toEqual([]);
    audited.disk.trouble = "none";
    await audited.set("b");
    expect(await audited.names()).toBe("a b");
    await audited.vault.compact();
    expect(await (await audited.reopened()).names()).toBe("a b");
  });
});

async function bound() {
  const audited = await Audited.open();
  return {
    vault: audited.vault,
    entries: () => audited.entries(),
    set: (name: string) => audited.set(name),
  };
}

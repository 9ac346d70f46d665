import { expect, test } from "vitest";
import { pageOf } from "@strongroom/daemon/src/audit/listing.ts";
import { verifyTrail } from "@strongroom/daemon/src/audit/verification.ts";
import { StrongroomError } from "@strongroom/client/protocol";
import type { AuditEntry } from "@strongroom/client/protocol";
import type { Disk } from "@strongroom/daemon/src/storage/disk.ts";
import type { SegmentPlace } from "@strongroom/daemon/src/storage/ledger.ts";
import { readSegment } from "@strongroom/daemon/src/storage/segment.ts";
import { DiskVault } from "../../support/disk-vault.ts";
import { enumerate, summary } from "../../support/enumerate.ts";
import type { Acks } from "../../support/enumerate.ts";
import { HOME } from "../../support/opaque-vault.ts";
import { long, size } from "../../support/size.ts";
import { TestClock } from "../../support/vault.ts";

/** What was asked for: a change of a name, or an event about it; names are used once. */
interface Asked {
  readonly name: string;
}

const CALLER = { actor: "owner", signal: new AbortController().signal } as const;
const seed = Number(process.env["STRONGROOM_SEED"] ?? 1);
/** With 600 of them a segment is not loose. */
const LONG_NAME = "n".repeat(500);

class Workload {
  readonly #acks: Acks<Asked>;
  readonly #disk: Disk;
  vault: DiskVault;

  private constructor(disk: Disk, acks: Acks<Asked>, vault: DiskVault) {
    this.#disk = disk;
    this.#acks = acks;
    this.vault = vault;
  }

  static async open(disk: Disk, acks: Acks<Asked>): Promise<Workload> {
    return new Workload(disk, acks, await DiskVault.openWritable(disk, new TestClock()));
  }

  async set(): Promise<void> {
    const name = `s${this.#acks.entries.length}`;
    await this.#acks.run({ name }, async () => {
      await this.vault.engine.execute("secret/set", { name, value: "v" }, CALLER);
    });
  }

  /** Events in one frame; the acknowledgement is that of the first. */
  async happen(count = 1): Promise<void> {
    const name = `e${this.#acks.entries.length}`;
    const what = {
      time: 1,
      who: { actor: "owner" },
      operation: "get",
      reason: undefined,
      count: 1,
    };
    const events = Array.from({ length: count }, (_, index) => ({
      ...what,
      name: index === 0 ? name : LONG_NAME,
    }));
    await this.#acks.run({ name }, () => this.vault.engine.record(events));
  }

  async rekey(): Promise<void> {
    await this.vault.engine.execute("vault/rekey", {}, CALLER).catch((error: unknown) => {
      if (!(error instanceof StrongroomError) || error.code !== "DISK_FULL") throw error;
    });
  }

  async reopen(): Promise<void> {
    await this.vault.close();
    this.vault = await DiskVault.openWritable(this.#disk, new TestClock());
  }

  keep(bytes: number): void {
    const { audit } = this.vault.state;
    audit.policy = { ...audit.policy, keepBytes: bytes };
  }

  async verify(): Promise<readonly AuditEntry[]> {
    const { audit } = this.vault.state;
    const vaultId = Buffer.from(this.vault.opened.vaultId, "hex");
    const place = { disk: this.#disk, folder: HOME.vault, vaultId };
    const segment = (
      each: SegmentPlace,
      record: (record: Uint8Array) => void,
    ): ReturnType<typeof readSegment> => readSegment(place, each, record);
    await verifyTrail(audit, segment);
    const entries: AuditEntry[] = [];
    for (let after = 0; after < audit.last;) {
      const page = await pageOf(audit, segment, { after, limit: 10_000, matches: () => true });
      entries.push(...page.entries);
      after = page.next;
    }
    const { count: dropped } = audit.from;
    if (entries.some(({ number }, index) => number !== dropped + index + 1)) {
      throw new Error("the numbers do not follow each other");
    }
    const told = entries.filter(({ operation }) => operation === "audit/drop");
    if (dropped > 0 && !told.some(({ count = 1 }) => count <= dropped)) {
      throw new Error(`${dropped} were dropped, and nothing says so`);
    }
    this.#compare(entries, dropped);
    const names = (await this.#disk.list(HOME.vault)).filter((name) => name.startsWith("audit."));
    if (names.length !== audit.segments.length) throw new Error(`files left: ${names.join(" ")}`);
    return entries;
  }

  #compare(entries: readonly AuditEntry[], dropped: number): void {
    const told = entries.flatMap(({ name = "" }) => (name === LONG_NAME ? [] : [name]));
    if (
      new Set(told).size !==
      told.filter((name) => name !== "").length + Number(told.includes(""))
    )
      throw new Error("a record appears twice");
    const asked = this.#acks.entries;
    const first = asked.findIndex(({ operation }) => told.includes(operation.name));
    for (const [index, { operation, outcome }] of asked.entries()) {
      const isThere = told.includes(operation.name);
      const isDropped = dropped > 0 && index < first;
      if (outcome === "acknowledged" && !isThere && !isDropped) {
        throw new Error(`${operation.name} was acknowledged and has no record`);
      }
      if (outcome === "refused" && isThere) throw new Error(`${operation.name} was refused`);
    }
    const order = told.filter((name) => name !== "").map((name) => Number(name.slice(1)));
    if (order.some((each, index) => each < (order[index - 1] ?? -1))) {
      throw new Error(`out of order: ${order.join(" ")}`);
    }
  }
}

async function work(disk: Disk, acks: Acks<Asked>): Promise<void> {
  const workload = await Workload.open(disk, acks);
  for (let round = 0; round < 4; round += 1) {
    await workload.set();
    await workload.happen(600);
    await workload.vault.compact();
    await workload.happen();
    await workload.set();
    if (round === 1) await workload.rekey();
    if (round === 2) workload.keep(700_000);
    await workload.set();
    await workload.reopen();
    await workload.happen();
  }
  await workload.vault.close();
}

async function check(disk: Disk, acks: Acks<Asked>): Promise<void> {
  const workload = await Workload.open(disk, acks);
  const before = await workload.verify();
  await workload.set();
  await workload.happen();
  await workload.reopen();
  const after = await workload.verify();
  const kept = before.filter(({ number }) => number >= (after[0]?.number ?? Infinity));
  for (const [index, entry] of kept.entries()) expect(after[index]).toEqual(entry);
  await workload.vault.close();
}

test(
  "whatever fails at whichever call, each record that was acknowledged is there once, in its place",
  { timeout: long ? 7_200_000 : 300_000 },
  async () => {
    const result = await enumerate({
      workload: work,
      check,
      stride: Number(process.env["STRONGROOM_STRIDE"] ?? size(311, 5)),
      recoveryStride: Number(process.env["STRONGROOM_RECOVERY_STRIDE"] ?? size(199, 97)),
      seed,
    });
    console.log(`audit: ${summary(result, seed)}`);
    expect(result.violations.slice(0, 5)).toEqual([]);
    expect(result.sites).toBeGreaterThanOrEqual(250);
    expect(result.runs).toBeGreaterThanOrEqual(size(30, 1500));
  },
);

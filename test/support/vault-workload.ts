import { DiskVault } from "./disk-vault.ts";
import type { Acks } from "./enumerate.ts";
import { Ledger } from "./ledger.ts";
import type { Group } from "./ledger.ts";
import type { ModelExpect, ModelMutation, ModelRequest, ModelStep } from "./model.ts";
import type { Disk } from "@strongroom/daemon/src/storage/disk.ts";
import { TestClock } from "./vault.ts";

const set = (name: string, value: string, expect: ModelExpect = null): ModelStep => ({
  op: "set",
  name,
  value,
  expect,
  livesMs: null,
});
const gone = (name: string): ModelStep => ({ op: "delete", name, expect: null });
const restore = (name: string, version: number): ModelStep => ({
  op: "restore",
  name,
  version,
  expect: null,
});
const one = (step: ModelStep): ModelMutation => ({ kind: "single", step });
const batch = (...steps: ModelStep[]): ModelMutation => ({ kind: "batch", steps });
const purge = (name: string, versions: readonly number[] | null = null): ModelMutation => ({
  kind: "purge",
  name,
  versions,
});

let ids = 0;
/** Every other request carries an id of its own. */
function asked(mutation: ModelMutation): ModelRequest {
  ids++;
  return { mutation, id: ids % 2 === 0 ? `id ${ids}` : null, actor: "owner", seen: 100_000 };
}

/** One is so long that the next journal is prepared. */
function counted(index: number): string {
  return `${index}`.padEnd(index === 20 ? 40_000 : 1);
}

/** Groups of requests that share a turn; long values span sectors, one outgrows the journal. */
function groups(): readonly (readonly ModelRequest[])[] {
  ids = 0;
  const early: ModelMutation[][] = [
    [one(set("a/one", "1"))],
    [one(set("a/two", "2")), one(set("b", "b1")), one(set("b", "b2", { version: 1 }))],
    [batch(set("a/one", "n1"), set("a/two", "n1"))],
    [one(gone("b"))],
    [one(restore("b", 2)), one(set("c", "x".repeat(1500)))],
    [one(set("c", "lost?", { absent: true })), one(set("d", ""))],
    [batch({ op: "check", name: "d", expect: { version: 1 } }, gone("d"), set("d", "again"))],
    [purge("c")],
    [one(set("c", "after purge"))],
    [one(set("e", "\u0001".repeat(600)))],
    [batch(set("a/one", "n2"), set("a/two", "n2"))],
    [one(gone("a/one")), one(gone("nobody")), one(set("a/one", "back"))],
  ];
  const middle: ModelMutation[][] = [
    [batch({ op: "clear", prefix: "a/" }, set("a/one", "fresh"))],
    [one(set("f", "y".repeat(40_000)))],
    [purge("b", [1, 2])],
    ...Array.from({ length: 30 }, (_, index) => [one(set("counter", counted(index)))]),
    [one(restore("counter", 5)), one(set("g", "g"))],
    [one(gone("f")), one(gone("g"))],
  ];
  const late: ModelMutation[][] = [
    [batch(restore("a/two", 1), { op: "check", name: "a/two", expect: { version: 5 } })],
    [batch(set("never", "never"), gone("nobody"))],
    [one(restore("f", 1))],
    [purge("counter", [3, 4, 5, 6])],
    [one(set("b", "last", { version: 4 })), purge("e"), one(set("e", "new"))],
    [one(gone("c"))],
    [purge("c")],
    [batch({ op: "clear", prefix: "counter" })],
    [one(set("z", "z".repeat(900))), one(set("z", "zz")), one(set("z", "zzz"))],
    [one(restore("z", 1))],
    [one(gone("z")), purge("z")],
    [one(set("z", "risen"))],
  ];
  return [...early, ...middle, ...late].map((group) => group.map(asked));
}

/** How many mutations the workload asks for. */
export function workloadSize(): number {
  return groups().reduce((sum, group) => sum + group.length, 0);
}

/** Birth, real mutations of every kind, two compactions, two closings and reopenings. */
export async function vaultWorkload(disk: Disk, acks: Acks<Group>): Promise<void> {
  const clock = new TestClock();
  const ledger = new Ledger(acks);
  let vault = await DiskVault.openWritable(disk, clock);
  for (const [index, group] of groups().entries()) {
    await ledger.send(vault, group);
    if (index === 9 || index === 40) await vault.compact();
    if (index !== 15 && index !== 50) continue;
    await vault.close();
    vault = await DiskVault.openWritable(disk, clock);
  }
  await vault.close();
}

/** The vault holds what was acknowledged and nothing else, remembers its ids, and goes on. */
export async function checkVault(disk: Disk, acks: Acks<Group>): Promise<void> {
  const clock = new TestClock();
  const ledger = new Ledger(acks);
  const vault = await DiskVault.open(disk, clock);
  if (vault.opened.mode !== "read-write") throw new Error("it opened read-only");
  await ledger.settle(vault);
  const marker = one(set("after", `${acks.entries.length}`));
  await ledger.send(vault, [
    ...ledger.repeatable(2),
    { mutation: marker, id: null, actor: "owner", seen: 0 },
  ]);
  await vault.opened.log.verify();
  await vault.close();
  const again = await DiskVault.open(disk, clock);
  await ledger.settle(again);
  await again.close();
}

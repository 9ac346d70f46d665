// Makes the golden vault of the format that this release writes, once: what stands there is
// never made anew. node --import tsx -C strongroom-source test/support/make-golden.ts
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Params } from "@strongroom/client/protocol";
import { FORMAT } from "@strongroom/daemon/src/storage/header.ts";
import { NodeDisk } from "@strongroom/daemon/src/storage/node-disk.ts";
import type { VaultFolders } from "@strongroom/daemon/src/storage/open.ts";
import type { TurnMethod } from "@strongroom/daemon/src/turn/turn.ts";
import { DiskVault } from "./disk-vault.ts";
import { FORMATS, GOLDEN_PREALLOCATE, homeIn, toldOf } from "./golden.ts";
import type { Golden, GoldenRequest } from "./golden.ts";
import { framePlaces } from "./journal-frames.ts";
import { TestClock } from "./vault.ts";

const HOUR = 3_600_000;
const FAR_FUTURE = 64_060_588_800_000;

/** A vault that is being written: every call comes a second after the one before. */
class Author {
  readonly #home: VaultFolders;
  readonly requests: GoldenRequest[] = [];
  vault: DiskVault;

  private constructor(home: VaultFolders, vault: DiskVault) {
    this.#home = home;
    this.vault = vault;
  }

  static async begin(home: VaultFolders): Promise<Author> {
    const clock = new TestClock();
    const options = { home, preallocate: GOLDEN_PREALLOCATE };
    return new Author(home, await DiskVault.open(new NodeDisk(), clock, options));
  }

  async call<M extends TurnMethod>(method: M, params: Params<M>): Promise<unknown> {
    this.vault.clock.pass(1000);
    const caller = { actor: "owner", signal: new AbortController().signal };
    return await this.vault.engine.execute(method, params, caller);
  }

  async set(name: string, value: string, more: object = {}): Promise<void> {
    await this.call("secret/set", { name, value, ...more });
  }

  async request(method: GoldenRequest["method"], params: object): Promise<void> {
    this.requests.push({ method, params, result: await this.call(method, params as never) });
  }

  async reopen(): Promise<void> {
    const { clock } = this.vault;
    await this.vault.close();
    const options = { home: this.#home, preallocate: GOLDEN_PREALLOCATE };
    this.vault = await DiskVault.open(new NodeDisk(), clock, options);
  }
}

async function early(author: Author): Promise<readonly GoldenRequest[]> {
  const once = { name: "requests/forgotten", value: "one", requestId: "golden-0", seen: 0 };
  await author.request("secret/set", once);
  author.vault.clock.pass(25 * HOUR);
  await author.set("values/utf8", "Grüße, 世界 🔑\n");
  const every = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  await author.set("values/base64", every.toString("base64"), { encoding: "base64" });
  await author.set("values/empty", "");
  await author.set("values/empty-base64", "", { encoding: "base64" });
  await author.set("values/long", "0123456789abcdef".repeat(4200));
  const metadata = { tags: ["one", "zwei"], note: "a note", origin: "import" };
  const described = { ...metadata, contentType: "text/plain", expiresAt: FAR_FUTURE };
  await author.set("described", "with metadata", { metadata: described });
  for (let index = 1; index <= 12; index += 1) await author.set("history", `value ${index}`);
  await author.set("__proto__", "only a name");
  await author.set("team/naïve:me@example.com", "a name beyond ASCII");
  await author.set("deleted", "gone");
  await author.call("secret/delete", { name: "deleted" });
  for (const value of ["a", "b", "c", "d"]) await author.set("purged", value);
  await author.call("secret/purge", { name: "purged" });
  await author.set("after-the-purge", "begins above the floor");
  await author.reopen();
  await author.request("secret/set", {
    ...once,
    name: "requests/a",
    requestId: "golden-1",
    seen: 99,
  });
  const forgotten = author.requests.splice(0, 1);
  await author.request("secret/delete", { name: "requests/a", requestId: "golden-2", seen: 99 });
  return forgotten;
}

async function late(author: Author): Promise<void> {
  await author.set("values/utf8", "second", { metadata: { note: "only now" } });
  await author.set("values/in-the-journal", Buffer.alloc(300, 0xfe).toString("base64"), {
    encoding: "base64",
  });
  await author.call("secret/restore", { name: "values/utf8", version: 1 });
  await author.call("secret/restore", { name: "deleted", version: 1 });
  await author.call("secret/delete", { name: "described" });
  await author.call("secret/restore", { name: "described", version: 1 });
  for (const value of ["1", "2", "3", "4"]) await author.set("thinned", value);
  await author.call("secret/purge", { name: "thinned", versions: [5, 7] });
  await author.set("history", "value 13");
  await author.set("cleared/expired", "x", { metadata: { expiresAt: author.vault.clock.wall } });
  await author.set("cleared/one", "x");
  await author.set("cleared/two", "x");
  await author.request("vault/batch", {
    operations: [
      { op: "check", name: "deleted", expect: { version: 3 } },
      { op: "clear", prefix: "cleared/" },
      { op: "set", name: "batch/a", value: "1" },
      { op: "set", name: "batch/b", value: "AQ==", encoding: "base64" },
      { op: "delete", name: "batch/a" },
      { op: "restore", name: "batch/a", version: 5 },
    ],
    requestId: "golden-3",
    seen: 99,
  });
  for (const value of ["a", "b", "c", "d", "e", "f"]) await author.set("risen", value);
  await author.call("secret/purge", { name: "risen" });
  await author.set("risen", "begins above a higher floor");
  await Promise.all(["x", "y", "z"].map((name) => author.set(`one-frame/${name}`, name)));
  await author.set("values/longer-than-the-journal", "z".repeat(20_000));
  // The clock goes back an hour: times of commits do, the time for expiry does not.
  author.vault.clock.wall -= HOUR;
  await author.set("history", "value 14, by a clock that was put back");
  const last = { name: "requests/b", value: "two", requestId: "golden-4", seen: 99 };
  await author.request("secret/set", last);
}

/** The first part of a frame that would follow, over the zeros at the journal's end. */
async function tornJournal(home: VaultFolders, author: Author): Promise<[string, Buffer]> {
  const name = readdirSync(home.vault).find((each) => each.startsWith("journal.")) ?? "";
  const journal = readFileSync(join(home.vault, name));
  await author.set("torn", "never acknowledged ".repeat(20));
  const longer = readFileSync(join(home.vault, name));
  const { from, to } = framePlaces(longer).at(-1) ?? { from: 0, to: 0 };
  longer.copy(journal, from, from, from + Math.floor((to - from) / 2));
  return [name, journal];
}

const folder = join(FORMATS, `${FORMAT}`);
if (existsSync(folder)) throw new Error(`${folder} is there: a golden vault is made once`);
const root = mkdtempSync(join(tmpdir(), "sr-make-golden-"));
const home = homeIn(root);
const author = await Author.begin(home);
const forgotten = await early(author);
await author.call("vault/compact", {});
await late(author);
for (const part of ["vault", "config"] as const) {
  cpSync(home[part], join(folder, part), { recursive: true });
}
const { opened, state, clock } = author.vault;
const golden: Golden = {
  format: FORMAT,
  vaultId: opened.vaultId,
  now: clock.wall,
  frames: opened.log.figures().frames,
  told: toldOf(state),
  remembered: author.requests,
  forgotten,
};
writeFileSync(join(folder, "expected.json"), `${JSON.stringify(golden, null, 2)}\n`);
const [name, torn] = await tornJournal(home, author);
mkdirSync(join(folder, "torn"));
writeFileSync(join(folder, "torn", name), torn);
await author.vault.close();
rmSync(root, { recursive: true });
process.stdout.write(`${folder}: ${golden.frames} frames, revision ${golden.told.revision}\n`);

// A reader of vaults, written from docs/storage-format.md alone; only age comes from elsewhere.
import { createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unwrap } from "@strongroom/daemon/src/keys/age.ts";

/** What a vault holds, as far as the reader looks: values by name, and the revision. */
export interface ReadVault {
  readonly revision: number;
  readonly values: ReadonlyMap<string, string>;
}

interface Kept {
  readonly version: number;
  /** Undefined = deleted. */
  readonly value: Buffer | undefined;
}

/** Reads the vault of a home; throws an `Error` where the page says that it is damaged. */
export async function readVault(home: string): Promise<ReadVault> {
  const vault = join(home, "vault");
  const keyfile = readFileSync(join(home, "config/keyfile"), "utf8");
  const slots = readFileSync(join(vault, "slots.json"), "utf8");
  const [, body = "", slotsMac = ""] = /^\{"body":(.*),"mac":"(.*)"\}\n$/.exec(slots) ?? [];
  const { slots: list } = JSON.parse(body) as { readonly slots: readonly { wrapped: string }[] };
  const { id } = JSON.parse(readFileSync(join(vault, "vault.json"), "utf8")) as { id: string };
  const identity = /^AGE-SECRET-KEY-1.*$/m.exec(keyfile)?.[0] ?? "";
  const wrapped = Buffer.from(list[0]?.wrapped ?? "", "base64");
  const keys = new Keys(await unwrap(wrapped, identity, "slots.json"), Buffer.from(id, "hex"));
  check(keyfile.includes(`# key check ${keys.check.toString("hex")}\n`), "key check");
  check(mac(keys.derive("slots"), Buffer.from(body)).toString("hex") === slotsMac, "slots.json");

  const snapshots = readdirSync(vault).filter((name) => /^snapshot\.[0-9a-f]{16}$/.test(name));
  const epoch = snapshots.toSorted().at(-1)?.slice(-16) ?? "";
  const state = new State();
  const snapshot = readFileSync(join(vault, `snapshot.${epoch}`));
  const journal = readFileSync(join(vault, `journal.${epoch}`));
  checkHeader(snapshot, "SRSNAPS1", "snapshot header", epoch, keys);
  checkHeader(journal, "SRJOURN1", "journal header", epoch, keys);
  check(snapshot.subarray(40, 64).equals(journal.subarray(40, 64)), "they go together");
  check(snapshot.subarray(96, 128).equals(journal.subarray(64, 96)), "its journal's salt");
  check(journal.length >= Number(journal.readBigUInt64BE(96)), "the journal's length");
  readSnapshot(snapshot, keys, state);
  readJournal(journal, keys, state);
  return state;
}

class Keys {
  readonly vaultId: Buffer;
  readonly #key: Uint8Array;

  constructor(key: Uint8Array, vaultId: Buffer) {
    this.#key = key;
    this.vaultId = vaultId;
  }

  get check(): Buffer {
    return this.derive("key check").subarray(0, 16);
  }

  derive(purpose: string): Buffer {
    return this.#hkdf(this.vaultId, Buffer.from(`strongroom 1 ${purpose}`));
  }

  /** For a file with this header. */
  fileKey(purpose: string, header: Buffer): Buffer {
    const info = [Buffer.from(`strongroom 1 ${purpose}\0`), this.vaultId, header.subarray(32, 40)];
    return this.#hkdf(header.subarray(64, 96), Buffer.concat(info));
  }

  #hkdf(salt: Buffer, info: Buffer): Buffer {
    return Buffer.from(hkdfSync("sha256", this.#key, salt, info, 32));
  }
}

class State {
  readonly #secrets = new Map<string, { current: Kept; history: Kept[] }>();
  revision = 0;

  get values(): ReadonlyMap<string, string> {
    const live = [...this.#secrets].filter(([, { current }]) => current.value !== undefined);
    return new Map(live.map(([name, { current }]) => [name, current.value?.toString() ?? ""]));
  }

  load(name: string, current: Kept, history: Kept[]): void {
    this.#secrets.set(name, { current, history });
  }

  put(name: string, version: number, value: Buffer | undefined): void {
    const secret = this.#secrets.get(name);
    const history = secret === undefined ? [] : [...secret.history, secret.current].slice(-9);
    this.#secrets.set(name, { current: { version, value }, history });
  }

  restore(name: string, version: number, from: number): void {
    const { current, history } = this.#secrets.get(name) ?? fail("restore");
    this.put(name, version, [...history, current].find((kept) => kept.version === from)?.value);
  }

  drop(name: string, versions: readonly number[]): void {
    const secret = this.#secrets.get(name) ?? fail("drop");
    secret.history = secret.history.filter(({ version }) => !versions.includes(version));
  }

  forget(name: string): void {
    this.#secrets.delete(name);
  }

  clear(prefix: string): void {
    for (const [name, { current }] of this.#secrets) {
      if (!name.startsWith(prefix) || current.value === undefined) continue;
      this.put(name, current.version + 1, undefined);
    }
  }
}

class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  raw(length: number): Buffer {
    check(this.#at + length <= this.#bytes.length, "a record ends early");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  byte(): number {
    return this.raw(1)[0] ?? 0;
  }

  int(): number {
    const byte = this.byte();
    return byte < 128 ? byte : byte - 128 + 128 * this.int();
  }

  ints(): number[] {
    return Array.from({ length: this.int() }, () => this.int());
  }

  time(): number {
    return this.raw(6).readUIntBE(0, 6);
  }

  bytes(): Buffer {
    return this.raw(this.int());
  }

  text(): string {
    return this.bytes().toString();
  }
}

function checkHeader(
  file: Buffer,
  magic: string,
  purpose: string,
  epoch: string,
  keys: Keys,
): void {
  check(file.toString("latin1", 0, 8) === magic, magic);
  check(file.readUInt32BE(8) === 1, "format");
  check(file.subarray(12, 16).equals(keys.check.subarray(0, 4)), "key id");
  check(file.subarray(16, 32).equals(keys.vaultId), "vault id");
  check(file.toString("hex", 32, 40) === epoch, "epoch");
  const expected = mac(keys.fileKey(purpose, file), file.subarray(0, 128));
  check(expected.equals(file.subarray(128, 160)), "header");
}

function readSnapshot(file: Buffer, keys: Keys, state: State): void {
  const key = keys.fileKey("snapshot", file);
  const parts: Buffer[] = [];
  for (let chunk = 0, at = 160; at < file.length; chunk += 1, at += 65_552) {
    const sealed = file.subarray(at, at + 65_552);
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(chunk, 7);
    nonce[11] = at + 65_552 >= file.length ? 1 : 0;
    parts.push(open(key, nonce, Buffer.alloc(0), sealed));
  }
  const plain = new Cursor(Buffer.concat(parts));
  while (!plain.done) readRecord(new Cursor(plain.raw(plain.raw(4).readUInt32BE())), state);
}

function readRecord(record: Cursor, state: State): void {
  const type = record.byte();
  if (type === 2) state.revision = record.int();
  if (type !== 3) return check([2, 4, 5].includes(type), "record type");
  const name = record.text();
  const kind = record.byte();
  const version = record.int();
  record.time();
  record.text();
  const value = record.bytes();
  const packed = new Cursor(record.bytes());
  const history: Kept[] = [];
  while (!packed.done) history.push(readEarlier(packed));
  check(record.done, "the end of a secret");
  state.load(name, { version, value: kind === 0 ? undefined : value }, history);
}

function readEarlier(packed: Cursor): Kept {
  const kind = packed.byte();
  const version = packed.int();
  packed.time();
  packed.time();
  packed.text();
  return { version, value: kind === 0 ? undefined : packed.bytes() };
}

function readJournal(file: Buffer, keys: Keys, state: State): void {
  const key = keys.fileKey("journal", file);
  let sequence = file.readBigUInt64BE(40);
  let tag = file.subarray(48, 64);
  let at = 160;
  while (file.toString("latin1", at, at + 8) === "SRFRAME1") {
    const header = file.subarray(at, at + 56);
    const end = at + 56 + header.readUInt32BE(32) + 16;
    sequence += 1n;
    check(header.subarray(8, 16).equals(file.subarray(32, 40)), "a frame's epoch");
    check(header.readBigUInt64BE(16) === sequence, "a frame's sequence number");
    check(header.subarray(36, 40).equals(keys.check.subarray(0, 4)), "a frame's key id");
    check(header.subarray(40).equals(tag), "the chain of tags");
    const nonce = Buffer.concat([Buffer.alloc(4), header.subarray(24, 32)]);
    const associated = Buffer.concat([header, keys.vaultId]);
    const commits = new Cursor(open(key, nonce, associated, file.subarray(at + 56, end)));
    while (!commits.done) readCommit(commits, state);
    tag = file.subarray(end - 16, end);
    at = end;
  }
  check(
    file.subarray(at).every((byte) => byte === 0),
    "zeros after the last frame",
  );
}

function readCommit(commits: Cursor, state: State): void {
  check(commits.byte() === 1, "record type");
  const commit = new Cursor(commits.raw(commits.raw(4).readUInt32BE()));
  state.revision = commit.int();
  commit.time();
  if (commit.byte() === 1) {
    commit.raw(32);
    commit.ints();
  }
  for (let left = commit.int(); left > 0; left -= 1) readChange(commit, state);
  check(commit.done, "the end of a commit");
}

function readChange(commit: Cursor, state: State): void {
  const kind = commit.byte();
  const name = commit.text();
  if (kind === 5) return state.drop(name, commit.ints());
  if (kind === 6) return state.forget(name);
  if (kind === 7) {
    commit.int();
    return state.clear(name);
  }
  const version = commit.int();
  if (kind === 3) return state.put(name, version, undefined);
  if (kind === 4) return state.restore(name, version, commit.int());
  check(kind === 1 || kind === 2, "kind of change");
  commit.text();
  return state.put(name, version, commit.bytes());
}

function open(key: Buffer, nonce: Buffer, associated: Buffer, sealed: Buffer): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, nonce).setAAD(associated);
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
}

function mac(key: Buffer, bytes: Buffer): Buffer {
  return createHmac("sha256", key).update(bytes).digest();
}

function check(holds: boolean, what: string): void {
  if (!holds) fail(what);
}

function fail(what: string): never {
  throw new Error(`not as docs/storage-format.md says: ${what}`);
}

import { createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { Decrypter, identityToRecipient } from "age-encryption";

import { Fields } from "./independent-fields.ts";
import { IndependentState, type Told } from "./independent-state.ts";

const HEADER = 160;
const FRAME_HEADER = 56;
const TAG = 16;
const CHUNK = 65_536;
const REACH = 4 * 1024 * 1024;

interface Header {
  readonly epoch: bigint;
  readonly sequence: bigint;
  readonly tag: Buffer;
  readonly salt: Buffer;
  /** The last 32 bytes before the MAC. */
  readonly more: Buffer;
}

class Keys {
  readonly #dataKey: Uint8Array;
  readonly vaultId: Buffer;

  constructor(dataKey: Uint8Array, vaultId: Buffer) {
    this.#dataKey = dataKey;
    this.vaultId = vaultId;
  }

  derive(purpose: string): Buffer {
    return this.#hkdf(this.vaultId, Buffer.from(`strongroom 1 ${purpose}`));
  }

  ofFile(purpose: string, salt: Buffer, epoch: bigint): Buffer {
    const number = Buffer.alloc(8);
    number.writeBigUInt64BE(epoch);
    const info = [Buffer.from(`strongroom 1 ${purpose}\0`), this.vaultId, number];
    return this.#hkdf(salt, Buffer.concat(info));
  }

  check(): Buffer {
    return this.derive("key check").subarray(0, 16);
  }

  #hkdf(salt: Buffer, info: Buffer): Buffer {
    return Buffer.from(hkdfSync("sha256", this.#dataKey, salt, info, 32));
  }
}

function hold(truth: boolean, what: string): void {
  if (!truth) throw new Error(`the vault is not as docs/storage-format.md says: ${what}`);
}

function mac(key: Buffer, bytes: string | Buffer): Buffer {
  return createHmac("sha256", key).update(bytes).digest();
}

function unseal(key: Buffer, nonce: Buffer, sealed: Buffer, aad = Buffer.alloc(0)): Buffer {
  const end = sealed.length - TAG;
  const opener = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG });
  opener.setAAD(aad).setAuthTag(sealed.subarray(end));
  return Buffer.concat([opener.update(sealed.subarray(0, end)), opener.final()]);
}

function field(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`nothing in the file is like ${String(pattern)}`);
  return found;
}

async function openKeys(folder: string, recoveryKey?: string): Promise<Keys> {
  const vaultText = readFileSync(join(folder, "vault/vault.json"), "utf8");
  const id = field(vaultText, /^\{"format":1,"id":"([0-9a-f]{32})"\}\n$/u);
  const keyfile = recoveryKey ?? readFileSync(join(folder, "config/keyfile"), "utf8");
  const pinned = (pattern: RegExp, value: string): boolean =>
    recoveryKey !== undefined || field(keyfile, pattern) === value;
  hold(pinned(/^# strongroom vault (.*)$/mu, id), "the key file names another vault");
  const identity = field(keyfile, /^(AGE-SECRET-KEY-1.*)$/mu);

  const slotsText = readFileSync(join(folder, "vault/slots.json"), "utf8");
  const body = field(slotsText, /^\{"body":(.*),"mac":"[0-9a-f]{64}"\}\n$/u);
  const { slots } = JSON.parse(body) as { slots: { recipient: string; wrapped: string }[] };
  const recipient = await identityToRecipient(identity);
  const slot = slots.find((one) => one.recipient === recipient);
  if (slot === undefined) throw new Error("no slot is the key file's");
  const age = new Decrypter();
  age.addIdentity(identity);
  const dataKey = await age.decrypt(Buffer.from(slot.wrapped, "base64"));
  hold(dataKey.length === 32, "a data key is 32 bytes");

  const keys = new Keys(dataKey, Buffer.from(id, "hex"));
  hold(pinned(/^# key check (.*)$/mu, keys.check().toString("hex")), "the key check");
  const said = field(slotsText, /"mac":"([0-9a-f]{64})"\}\n$/u);
  hold(mac(keys.derive("slots"), body).toString("hex") === said, "the MAC of slots.json");
  return keys;
}

function readHeader(keys: Keys, file: Buffer, kind: "journal" | "snapshot"): Header {
  const magic = kind === "journal" ? "SRJOURN1" : "SRSNAPS1";
  hold(file.toString("latin1", 0, 8) === magic, `the magic of the ${kind}`);
  hold(file.readUInt32BE(8) === 1, `the format of the ${kind}`);
  hold(file.subarray(12, 16).equals(keys.check().subarray(0, 4)), `the key id of the ${kind}`);
  hold(file.subarray(16, 32).equals(keys.vaultId), `the vault id of the ${kind}`);
  const [epoch, salt] = [file.readBigUInt64BE(32), file.subarray(64, 96)];
  const expected = mac(keys.ofFile(`${kind} header`, salt, epoch), file.subarray(0, 128));
  hold(file.subarray(128, HEADER).equals(expected), `the MAC of the ${kind}`);
  const [sequence, tag, more] = [
    file.readBigUInt64BE(40),
    file.subarray(48, 64),
    file.subarray(96, 128),
  ];
  return { epoch, sequence, tag, salt, more };
}

function* snapshotRecords(keys: Keys, file: Buffer, header: Header): Generator<Fields> {
  const key = keys.ofFile("snapshot", header.salt, header.epoch);
  const plain: Buffer[] = [];
  let last = false;
  for (let at = HEADER, n = 0; !last; n += 1, at += CHUNK + TAG) {
    last = at + CHUNK + TAG >= file.length;
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(n, 7);
    nonce[11] = last ? 1 : 0;
    plain.push(unseal(key, nonce, file.subarray(at, at + CHUNK + TAG)));
  }
  const text = Buffer.concat(plain);
  for (let at = 0; at < text.length;) {
    const length = text.readUInt32BE(at);
    yield new Fields(text.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
}

interface Frame {
  readonly sequence: bigint;
  readonly nonce: bigint;
  readonly before: Buffer;
  readonly tag: Buffer;
  readonly payload: Buffer;
  readonly size: number;
}

function frameAt(keys: Keys, key: Buffer, file: Buffer, at: number): Frame | undefined {
  if (file.toString("latin1", at, at + 8) !== "SRFRAME1") return undefined;
  if (at + FRAME_HEADER + TAG > file.length) return undefined;
  const head = file.subarray(at, at + FRAME_HEADER);
  const size = FRAME_HEADER + head.readUInt32BE(32) + TAG;
  if (size > REACH || at + size > file.length) return undefined;
  const nonce = Buffer.concat([Buffer.alloc(4), head.subarray(24, 32)]);
  const sealed = file.subarray(at + FRAME_HEADER, at + size);
  const [sequence, before] = [head.readBigUInt64BE(16), head.subarray(40, 56)];
  const tag = sealed.subarray(-TAG);
  try {
    const payload = unseal(key, nonce, sealed, Buffer.concat([head, keys.vaultId]));
    return { sequence, nonce: head.readBigUInt64BE(24), before, tag, payload, size };
  } catch {
    return undefined;
  }
}

function* framesOf(keys: Keys, file: Buffer, header: Header): Generator<Frame> {
  hold(BigInt(file.length) >= header.more.readBigUInt64BE(0), "the journal is cut");
  const key = keys.ofFile("journal", header.salt, header.epoch);
  let [at, sequence, tag, nonce] = [HEADER, header.sequence, header.tag, -1n];
  for (;;) {
    const frame = frameAt(keys, key, file, at);
    if (frame === undefined) break;
    hold(frame.sequence === sequence + 1n, "a frame's sequence number");
    hold(frame.before.equals(tag), "a frame's tag of the frame before");
    hold(frame.nonce > nonce, "a frame's nonce");
    yield frame;
    ({ sequence, tag, nonce } = frame);
    at += frame.size;
  }
  hold(!file.subarray(at + REACH).some((byte) => byte !== 0), "bytes far behind the last frame");
  for (let next = file.indexOf("SRFRAME1", at); next !== -1;) {
    hold(frameAt(keys, key, file, next) === undefined, "a frame behind a damaged one");
    next = file.indexOf("SRFRAME1", next + 1);
  }
}

/**
 * Reads a vault as `docs/storage-format.md` describes it, with nothing of strongroom's own code:
 * what this cannot read, the document does not say.
 */
export async function readVault(folder: string, recoveryKey?: string): Promise<Told> {
  const keys = await openKeys(folder, recoveryKey);
  const names = readdirSync(join(folder, "vault"));
  const highest = names
    .filter((name) => /^snapshot\.[0-9a-f]{16}$/u.test(name))
    .toSorted()
    .at(-1);
  if (highest === undefined) throw new Error("there is no snapshot");
  const epoch = highest.slice("snapshot.".length);
  const snapshot = readFileSync(join(folder, "vault", highest));
  const journal = readFileSync(join(folder, "vault", `journal.${epoch}`));
  const [ofSnapshot, ofJournal] = [
    readHeader(keys, snapshot, "snapshot"),
    readHeader(keys, journal, "journal"),
  ];
  hold(ofSnapshot.epoch === BigInt(`0x${epoch}`), "the snapshot's epoch is that of its name");
  hold(ofJournal.epoch === ofSnapshot.epoch, "the epoch of snapshot and journal");
  hold(ofJournal.sequence === ofSnapshot.sequence, "the sequence of snapshot and journal");
  hold(ofJournal.tag.equals(ofSnapshot.tag), "the tag of snapshot and journal");
  hold(ofJournal.salt.equals(ofSnapshot.more), "the snapshot's salt of its journal");

  const state = new IndependentState();
  for (const record of snapshotRecords(keys, snapshot, ofSnapshot)) state.snapshotRecord(record);
  for (const frame of framesOf(keys, journal, ofJournal)) {
    for (let rest = new Fields(frame.payload); !rest.ended;) {
      const type = rest.byte();
      hold([1, 8, 9].includes(type), "a frame holds commits, whose they are, and events");
      const record = new Fields(rest.raw(rest.number(4)));
      if (type === 1) state.commit(record);
      if (type === 9) state.event(record);
    }
  }
  return state.told();
}

/** What a vault says that it was made of, read as the document describes it. */
export async function readNotice(folder: string, recoveryKey: string): Promise<unknown> {
  const keys = await openKeys(folder, recoveryKey);
  const text = readFileSync(join(folder, "vault/restored.json"), "utf8");
  const body = field(text, /^\{"body":(.*),"mac":"[0-9a-f]{64}"\}\n$/u);
  const said = field(text, /"mac":"([0-9a-f]{64})"\}\n$/u);
  hold(mac(keys.derive("restored"), body).toString("hex") === said, "the MAC of restored.json");
  return JSON.parse(body);
}

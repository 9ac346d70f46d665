import { readIntegers, unsupported } from "./change.ts";
import { HASH_BYTES } from "./commit.ts";
import { openContents } from "./contents.ts";
import { readKeyRecord, writeKeyRecord } from "./key-record.ts";
import { readOAuthRecord, weightOf, writeOAuthRecord } from "./oauth-record.ts";
import type { Feed } from "../feed/feed.ts";
import {
  ownerRecordId,
  ownerRecordWeight,
  readOwnerRecord,
  writeOwnerRecord,
} from "./owner-record.ts";
import { ByteReader, malformed } from "./reader.ts";
import { readRenewer, renewerWeight, writeRenewer } from "./renewer-record.ts";
import type { Remembered } from "./requests.ts";
import type { VaultState } from "./state.ts";
import { ByteWriter } from "./writer.ts";

// The numbers stand in snapshots for ever: never change one, never use one again.
const META = 2;
const SECRET = 3;
const REQUEST = 4;
const END = 5;
const REQUEST_KEY = 6;
const KEY = 7;
const POLICY = 10;
const AUDIT = 20;
const OAUTH = 30;
const RENEWER = 31;
const FEED = 32;
const FEED_BLOCK = 33;
const OWNER_RECORD = 34;

const REQUEST_KEY_BYTES = 32;

/**
 * The state as records: meta, the key of request ids where it is kept, secrets, request ids, API
 * keys, OAuth credentials, policy, and unless it is for a `copy` the renewers and what its owner has
 * laid down, for a vault that is made of it starts no program of another, and where the audit is,
 * for it has none yet; end.
 */
export function* snapshotRecords(state: VaultState, copy = false): Generator<Uint8Array> {
  const writer = new ByteWriter(4096);
  const { revision, floor, maxTime } = state.counters;
  writer.byte(META);
  writer.integer(revision);
  writer.integer(floor);
  writer.time(maxTime);
  writer.integer(state.requests.forgottenRevision);
  yield finished(writer);
  const { key } = state.requests;
  if (key !== undefined) {
    writer.byte(REQUEST_KEY);
    writer.raw(key);
    yield finished(writer);
  }
  const names = state.names();
  for (const name of names) {
    const contents = state.contents(name);
    if (contents === undefined) continue;
    writer.byte(SECRET);
    writer.text(name);
    writer.raw(contents);
    yield finished(writer);
  }
  for (const entry of state.requests.entries()) {
    writeRequest(writer, entry);
    yield finished(writer);
  }
  for (const record of state.keys.values()) {
    writer.byte(KEY);
    writeKeyRecord(writer, record);
    yield finished(writer);
  }
  for (const record of state.oauth.values()) {
    writer.byte(OAUTH);
    writeOAuthRecord(writer, record);
    yield finished(writer);
  }
  if (state.counters.requireKey) {
    writer.byte(POLICY);
    writer.byte(1);
    yield finished(writer);
  }
  const renewers = copy ? [] : [...state.renewers.values()];
  for (const record of renewers) {
    writer.byte(RENEWER);
    writeRenewer(writer, record);
    yield finished(writer);
  }
  const ownerRecords = copy ? [] : [...state.ownerRecords.values()];
  for (const record of ownerRecords) {
    writer.byte(OWNER_RECORD);
    writeOwnerRecord(writer, record);
    yield finished(writer);
  }
  if (!copy) yield* feedRecords(state.feed, revision, writer);
  if (!copy && !state.audit.isEmpty) {
    writer.byte(AUDIT);
    state.audit.write(writer);
    yield finished(writer);
  }
  writer.byte(END);
  writer.integer(names.length);
  writer.integer(state.requests.size);
  // A vault without these is as it always was.
  const counts = [state.keys.size, state.oauth.size, renewers.length, ownerRecords.length];
  const last = counts.findLastIndex((count) => count > 0);
  for (const count of counts.slice(0, last + 1)) writer.integer(count);
  yield finished(writer);
}

function* feedRecords(feed: Feed, revision: number, writer: ByteWriter): Generator<Uint8Array> {
  const { begin, expiredUntil, floor } = feed.standing;
  // Without a record it knows what happened from this revision on.
  if (floor === revision && feed.end === 0) return;
  writer.byte(FEED);
  writer.integer(floor);
  writer.integer(begin);
  writer.time(expiredUntil);
  yield finished(writer);
  for (const block of feed.blocks()) {
    writer.byte(FEED_BLOCK);
    block.write(writer);
    yield finished(writer);
  }
}

/** Reads one record into a state that is being opened. */
export function readSnapshotRecord(state: VaultState, record: Uint8Array): void {
  const reader = new ByteReader(record);
  const type = reader.byte();
  if (type === META) readMeta(state, reader);
  else if (type === SECRET) readSecret(state, reader);
  else if (type === REQUEST) state.requests.restore(readRequest(reader));
  else if (type === KEY) state.putKey(readKeyRecord(reader));
  else if (type === OAUTH) readOAuth(state, reader);
  else if (type === RENEWER) readRenewerInto(state, reader);
  else if (type === OWNER_RECORD) readOwnerRecordInto(state, reader);
  else if (type === FEED) readFeed(state, reader);
  else if (type === FEED_BLOCK) state.feed.load(reader);
  else if (type === AUDIT) state.audit.read(reader);
  else if (type === POLICY) state.counters.requireKey = reader.byte() === 1;
  else if (type === END) readEnd(state, reader);
  else if (type === REQUEST_KEY) state.requests.key = Buffer.from(reader.raw(REQUEST_KEY_BYTES));
  else throw unsupported("record", type);
  if (!reader.done) throw malformed();
}

function finished(writer: ByteWriter): Uint8Array {
  // A copy of its own: whoever streams the records may hold several.
  const record = Buffer.from(writer.view());
  writer.clear();
  return record;
}

function readMeta(state: VaultState, reader: ByteReader): void {
  state.counters.revision = reader.integer();
  state.counters.floor = reader.integer();
  state.counters.maxTime = reader.time();
  state.requests.load(reader.integer());
  const { maxTime: expiredUntil, revision: floor } = state.counters;
  state.feed.restore({ floor, begin: 0, expiredUntil });
}

function readFeed(state: VaultState, reader: ByteReader): void {
  const floor = reader.integer();
  state.feed.restore({ floor, begin: reader.integer(), expiredUntil: reader.time() });
}

function readSecret(state: VaultState, reader: ByteReader): void {
  const name = reader.text();
  const contents = reader.rest();
  const secret = openContents(name, contents);
  if (!state.load(name, contents)) throw malformed();
  state.counters.weight += secret.weight;
  if (secret.value === undefined) return;
  state.counters.live++;
  const at = secret.metadata?.expiresAt;
  if (at !== undefined) state.feed.willExpire({ at, name });
}

function readOAuth(state: VaultState, reader: ByteReader): void {
  const record = readOAuthRecord(reader);
  if (state.oauth.has(record.name)) throw malformed();
  state.putOAuth(record.name, record);
  state.counters.weight += weightOf(record);
  state.counters.live++;
}

function readRenewerInto(state: VaultState, reader: ByteReader): void {
  const record = readRenewer(reader);
  if (state.renewers.has(record.name)) throw malformed();
  state.putRenewer(record.name, record);
  state.counters.weight += renewerWeight(record);
}

function readOwnerRecordInto(state: VaultState, reader: ByteReader): void {
  const record = readOwnerRecord(reader);
  const id = ownerRecordId(record);
  if (state.ownerRecords.has(id)) throw malformed();
  state.putOwnerRecord(id, record);
  state.counters.weight += ownerRecordWeight(record);
}

function writeRequest(writer: ByteWriter, entry: Remembered): void {
  writer.byte(REQUEST);
  writer.latin1(entry.key);
  writer.latin1(entry.body);
  writer.integer(entry.numbers.length);
  for (const number of entry.numbers) writer.integer(number);
  writer.integer(entry.revision);
  writer.time(entry.at);
}

function readRequest(reader: ByteReader): Remembered {
  return {
    key: reader.raw(HASH_BYTES).toString("latin1"),
    body: reader.raw(HASH_BYTES).toString("latin1"),
    numbers: readIntegers(reader),
    revision: reader.integer(),
    at: reader.time(),
  };
}

function readEnd(state: VaultState, reader: ByteReader): void {
  const secrets = reader.integer();
  const requests = reader.integer();
  const keys = reader.done ? 0 : reader.integer();
  if (secrets !== state.names().length || requests !== state.requests.size) throw malformed();
  const credentials = reader.done ? 0 : reader.integer();
  const renewers = reader.done ? 0 : reader.integer();
  if (keys !== state.keys.size || credentials !== state.oauth.size) throw malformed();
  if (renewers !== state.renewers.size) throw malformed();
  const ownerRecords = reader.done ? 0 : reader.integer();
  if (ownerRecords !== state.ownerRecords.size) throw malformed();
}

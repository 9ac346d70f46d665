import { readIntegers, unsupported } from "./change.ts";
import { HASH_BYTES } from "./commit.ts";
import { kindOf, packedOf, parseMetadata } from "./packed.ts";
import { ByteReader, malformed } from "./reader.ts";
import type { Remembered } from "./requests.ts";
import type { Secret } from "./secret.ts";
import { makeSecret } from "./secret.ts";
import type { VaultState } from "./state.ts";
import { Arena } from "./value.ts";
import { ByteWriter } from "./writer.ts";

// The numbers stand in snapshots for ever: never change one, never use one again.
const META = 2;
const SECRET = 3;
const REQUEST = 4;
const END = 5;
// The first byte of a secret's value: see `kindOf`.
const DELETED = 0;
const BASE64 = 2;

/** The state as records: meta, the secrets in order, the request ids, end. */
export function* snapshotRecords(state: VaultState): Generator<Uint8Array> {
  const arenas = { values: new Arena(), histories: new Arena() };
  const writer = new ByteWriter(4096);
  const { revision, floor, maxTime } = state.counters;
  writer.byte(META);
  writer.integer(revision);
  writer.integer(floor);
  writer.time(maxTime);
  writer.integer(state.requests.forgottenRevision);
  yield finished(writer);
  const names = state.names();
  for (const name of names) {
    const secret = state.get(name);
    if (secret === undefined) continue;
    writeSecret(writer, name, secret);
    yield finished(writer);
    state.put(name, moved(secret, arenas));
  }
  for (const entry of state.requests.entries()) {
    writeRequest(writer, entry);
    yield finished(writer);
  }
  writer.byte(END);
  writer.integer(names.length);
  writer.integer(state.requests.size);
  yield finished(writer);
}

/** Reads one record into a state that is being opened. */
export function readSnapshotRecord(state: VaultState, record: Uint8Array): void {
  const reader = new ByteReader(record);
  const type = reader.byte();
  if (type === META) readMeta(state, reader);
  else if (type === SECRET) readSecret(state, reader);
  else if (type === REQUEST) state.requests.restore(readRequest(reader));
  else if (type === END) readEnd(state, reader);
  else throw unsupported("record", type);
  if (!reader.done) throw malformed();
}

function finished(writer: ByteWriter): Uint8Array {
  // A copy of its own: whoever streams the records may hold several.
  const record = Buffer.from(writer.view());
  writer.clear();
  return record;
}

function moved(secret: Secret, into: { values: Arena; histories: Arena }): Secret {
  const { value, history } = secret;
  // The same fields in the same order as everywhere: one shape for the engine.
  return {
    version: secret.version,
    updatedAt: secret.updatedAt,
    value: value && into.values.move(value),
    encoding: secret.encoding,
    metadata: secret.metadata,
    history: history && {
      bytes: into.histories.move(history.bytes),
      content: history.content,
      count: history.count,
    },
    weight: secret.weight,
  };
}

function readMeta(state: VaultState, reader: ByteReader): void {
  state.counters.revision = reader.integer();
  state.counters.floor = reader.integer();
  state.counters.maxTime = reader.time();
  state.requests.load(reader.integer());
}

function writeSecret(writer: ByteWriter, name: string, secret: Secret): void {
  writer.byte(SECRET);
  writer.text(name);
  writer.byte(kindOf(secret));
  writer.integer(secret.version);
  writer.time(secret.updatedAt);
  writer.text(secret.metadata === undefined ? "" : JSON.stringify(secret.metadata));
  writer.bytes(secret.value ?? NOTHING);
  writer.bytes(secret.history?.bytes ?? NOTHING);
}

function readSecret(state: VaultState, reader: ByteReader): void {
  const name = reader.text();
  const kind = reader.byte();
  const version = reader.integer();
  const updatedAt = reader.time();
  const metadata = parseMetadata(reader.text());
  const value = reader.bytes();
  const secret = makeSecret(
    name,
    {
      version,
      updatedAt,
      value: kind === DELETED ? undefined : opened.values.keep(value),
      encoding: kind === BASE64 ? "base64" : "utf8",
      metadata,
    },
    packedOf(reader.bytes(), opened.histories),
  );
  if (state.get(name) !== undefined) throw malformed();
  state.put(name, secret);
  state.counters.weight += secret.weight;
  if (secret.value !== undefined) state.counters.live++;
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
  if (secrets !== state.names().length || requests !== state.requests.size) throw malformed();
}

const NOTHING = Buffer.alloc(0);
const opened = { values: new Arena(), histories: new Arena() };

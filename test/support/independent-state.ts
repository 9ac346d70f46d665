import { Fields } from "./independent-fields.ts";

const KINDS = ["deleted", "utf8", "base64"] as const;

/** One version of a name: what it held, or that it was deleted. Times are milliseconds. */
export interface Version {
  readonly kind: (typeof KINDS)[number];
  readonly version: number;
  readonly updated: number;
  readonly metadata?: Record<string, unknown>;
  /** Base64; absent from a deleted one. */
  readonly value?: string;
  readonly replaced?: number;
}

/** A request id that the vault remembers, hashes as hex. */
export interface Request {
  readonly id: string;
  readonly params: string;
  readonly revision: number;
  readonly time: number;
  readonly result: readonly number[];
}

/** All that a vault holds, as plain JSON. */
export interface Told {
  readonly revision: number;
  readonly floor: number;
  readonly time: number;
  readonly forgotten: number;
  readonly secrets: Record<string, { current: Version; history: Version[] }>;
  readonly requests: Request[];
}

interface Secret {
  current: Version;
  history: Version[];
}

/** Where the audit is, which this reader does not follow. */
function skipAudit(record: Fields): void {
  record.raw(2);
  record.int();
  const place = (): void => {
    record.int();
    record.raw(32);
  };
  place();
  for (let left = record.int(); left > 0; left -= 1) {
    record.int();
    record.raw(32);
    place();
    record.int();
  }
}

/** From where on it is known what happened. */
function passStanding(record: Fields): void {
  record.int();
  record.int();
  record.time();
}

/** What happened lately, which this reader only holds to its form. */
function passEvents(record: Fields, revision: number): void {
  let last = 0;
  for (let left = record.int(); left > 0; left -= 1) {
    if (record.byte() > 3) throw new Error("an event belongs to a later format");
    last += record.int();
    record.text();
  }
  if (last > revision) throw new Error("an event of a revision to come");
}

function kindOf(byte: number): (typeof KINDS)[number] {
  const kind = KINDS[byte];
  if (kind === undefined) throw new Error(`kind ${byte} belongs to a later format`);
  return kind;
}

/** The state that the records of a snapshot and of frames make. */
export class IndependentState {
  readonly #secrets = new Map<string, Secret>();
  readonly #requests: Request[] = [];
  #revision = 0;
  #floor = 0;
  #time = 0;
  #forgotten = 0;
  #ended = false;

  snapshotRecord(record: Fields): void {
    if (this.#ended) throw new Error("a record behind the end");
    const type = record.byte();
    if (type === 2) {
      [this.#revision, this.#floor] = [record.int(), record.int()];
      [this.#time, this.#forgotten] = [record.time(), record.int()];
    } else if (type === 3) this.#snapshotSecret(record);
    else if (type === 6) record.raw(32);
    else if (type === 20) skipAudit(record);
    else if (type === 32) passStanding(record);
    else if (type === 33) passEvents(record, this.#revision);
    else if (type === 4) this.#snapshotRequest(record);
    else if (type === 5) {
      const counts = [record.int(), record.int()];
      this.#ended = counts[0] === this.#secrets.size && counts[1] === this.#requests.length;
      if (!this.#ended) throw new Error("the snapshot's counts are wrong");
    } else throw new Error(`record type ${type} belongs to a later format`);
    if (!record.ended) throw new Error("a record is too long");
  }

  commit(record: Fields): void {
    const [revision, time] = [record.int(), record.time()];
    if (revision !== this.#revision + 1) throw new Error("a commit's revision");
    this.#revision = revision;
    this.#time = Math.max(this.#time, time);
    if (record.byte() === 1) {
      const [id, params] = [record.raw(16).toString("hex"), record.raw(16).toString("hex")];
      this.#remember({ id, params, revision, time: this.#time, result: record.ints() });
    }
    for (let left = record.int(); left > 0; left -= 1) this.#change(record, time);
    if (!record.ended) throw new Error("a commit is too long");
  }

  event(record: Fields): void {
    this.#time = Math.max(this.#time, record.time());
  }

  told(): Told {
    if (!this.#ended) throw new Error("the snapshot has no end");
    const names = [...this.#secrets.keys()].toSorted();
    return {
      revision: this.#revision,
      floor: this.#floor,
      time: this.#time,
      forgotten: this.#forgotten,
      secrets: Object.fromEntries(names.map((name) => [name, this.#secret(name)])),
      requests: this.#requests,
    };
  }

  #snapshotSecret(record: Fields): void {
    const [name, kind, version] = [record.text(), kindOf(record.byte()), record.int()];
    const [updated, metadata] = [record.time(), record.metadata()];
    const value = record.bytes();
    const packed = new Fields(record.bytes());
    const history: Version[] = [];
    while (!packed.ended) history.push(historyEntry(packed));
    this.#secrets.set(name, { current: entry(kind, version, updated, metadata, value), history });
  }

  #snapshotRequest(record: Fields): void {
    const [id, params] = [record.raw(16).toString("hex"), record.raw(16).toString("hex")];
    const [result, revision, time] = [record.ints(), record.int(), record.time()];
    this.#requests.push({ id, params, revision, time, result });
  }

  #remember(request: Request): void {
    this.#requests.push(request);
    for (;;) {
      const { length } = this.#requests;
      const [oldest] = this.#requests;
      const age = this.#time - (oldest?.time ?? this.#time);
      const few = length <= 10_000 || (length <= 100_000 && age <= 60_000);
      if (oldest === undefined || (few && age <= 86_400_000)) return;
      this.#forgotten = Math.max(this.#forgotten, oldest.revision);
      this.#requests.shift();
    }
  }

  #change(record: Fields, time: number): void {
    const kind = record.byte();
    if (kind === 7) {
      this.#clear(record.text(), record.int(), time);
      return;
    }
    const name = record.text();
    if (kind === 1 || kind === 2) {
      const [version, metadata] = [record.int(), record.metadata()];
      this.#put(name, entry(kindOf(kind), version, time, metadata, record.bytes()));
    } else if (kind === 3) this.#put(name, entry("deleted", record.int(), time));
    else if (kind === 4) this.#restore(name, record.int(), record.int(), time);
    else if (kind === 5) this.#drop(name, record.ints());
    else if (kind === 6) {
      this.#floor = Math.max(this.#floor, this.#secret(name).current.version);
      this.#secrets.delete(name);
    } else throw new Error(`change ${kind} belongs to a later format`);
  }

  #put(name: string, current: Version): void {
    const old = this.#secrets.get(name);
    const replaced = old === undefined ? [] : [{ ...old.current, replaced: current.updated }];
    const history = [...(old?.history ?? []), ...replaced].slice(-9);
    this.#secrets.set(name, { current, history });
  }

  #restore(name: string, version: number, from: number, time: number): void {
    const { current, history } = this.#secret(name);
    const source = [...history, current].find((one) => one.version === from);
    if (source?.value === undefined) throw new Error(`version ${from} has no value`);
    const { replaced: _, ...kept } = source;
    this.#put(name, { ...kept, version, updated: time });
  }

  #drop(name: string, versions: readonly number[]): void {
    const secret = this.#secret(name);
    secret.history = secret.history.filter((one) => !versions.includes(one.version));
  }

  #clear(prefix: string, expected: number, time: number): void {
    const there = [...this.#secrets].filter(
      ([name, { current }]) => name.startsWith(prefix) && this.#isThere(current),
    );
    if (there.length !== expected) throw new Error(`clear ${prefix} deletes ${there.length} names`);
    for (const [name, { current }] of there) {
      this.#put(name, entry("deleted", current.version + 1, time));
    }
  }

  #isThere(current: Version): boolean {
    const expires = current.metadata?.["expiresAt"];
    return current.kind !== "deleted" && (typeof expires !== "number" || expires > this.#time);
  }

  #secret(name: string): Secret {
    const secret = this.#secrets.get(name);
    if (secret === undefined) throw new Error(`there is no ${name}`);
    return secret;
  }
}

function entry(
  kind: (typeof KINDS)[number],
  version: number,
  updated: number,
  metadata?: Record<string, unknown>,
  value?: Buffer,
): Version {
  const shown =
    kind === "deleted" || value === undefined ? {} : { value: value.toString("base64") };
  return { kind, version, updated, ...(metadata === undefined ? {} : { metadata }), ...shown };
}

function historyEntry(packed: Fields): Version {
  const [kind, version, updated] = [kindOf(packed.byte()), packed.int(), packed.time()];
  const [replaced, metadata] = [packed.time(), packed.metadata()];
  const value = kind === "deleted" ? undefined : packed.bytes();
  return { ...entry(kind, version, updated, metadata, value), replaced };
}

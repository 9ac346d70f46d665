import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import type { Metadata } from "@strongroom/client/protocol";
import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import { noMore } from "../flights/flights.ts";
import { changeBytes, COMMIT_BYTES } from "../handlers/bytes.ts";
import type { OwnChange } from "../turn/own-change.ts";
import { refusalOf } from "../turn/refusal.ts";
import { judgeSet } from "../vault/judge.ts";
import { noRenewer } from "../vault/judge-renewer.ts";
import type { Pending } from "../vault/pending.ts";
import { isDue } from "../vault/renewer-record.ts";
import type { RenewerRecord } from "../vault/renewer-record.ts";
import { unrenewed } from "./refusals.ts";

/** At most so many bytes that a record of a renewer takes: its arguments, and why it failed. */
export const RENEWER_BYTES: number = 4 * LIMITS.commandArguments * LIMITS.argumentCharacters + 4096;
/** What a full queue keeps from being written is tried again so often, so many milliseconds apart. */
const PERSIST = { times: 50, everyMs: 100 } as const;

/** What a renewer needs. */
export interface RenewerParts {
  /** What the program of a secret prints; rejects with why there is nothing of it. */
  readonly run: (record: RenewerRecord, signal: AbortSignal) => Promise<Buffer>;
  /** Makes a change of the daemon's own; resolves when it is durable. */
  readonly change: (change: OwnChange) => Promise<void>;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A run of a program that is journalled. */
interface Begun {
  readonly record: RenewerRecord;
  readonly id: string;
  /** The version that is to be replaced; 0 = there is none. */
  readonly version: number;
  readonly metadata: Metadata | undefined;
}

/**
 * Runs the programs that renew secrets: that one begins is durable before, and what it printed
 * before anybody sees it.
 */
export class Renewer {
  readonly #parts: RenewerParts;

  constructor(parts: RenewerParts) {
    this.#parts = parts;
  }

  /** Resolves when the value is young, and durable; rejects with why it is not. */
  async renew(name: string, signal: AbortSignal): Promise<void> {
    const begun = await this.#begin(name, signal);
    if (begun === undefined) return;
    let value: Buffer;
    try {
      value = valueOf(await this.#parts.run(begun.record, signal));
      if (value.length === 0) throw unrenewed(name, "its program printed nothing");
      if (value.length > LIMITS.valueBytes) throw unrenewed(name, "its program writes too much");
    } catch (thrown) {
      // We have ended it: that says nothing of the program.
      const error = signal.aborted ? undefined : refusalOf(thrown);
      // Where that cannot be written, it says that nobody knows what became of it.
      await this.#ended(begun, error).catch(() => undefined);
      throw error ?? noMore();
    }
    await this.#land(begun, value);
  }

  /** Undefined when somebody has stored a value meanwhile. */
  async #begin(name: string, signal: AbortSignal): Promise<Begun | undefined> {
    let begun: Begun | undefined;
    await this.#change(RENEWER_BYTES, (pending) => {
      begun = undefined;
      if (signal.aborted) throw noMore();
      const record = pending.renewers.get(name);
      if (record === undefined) throw noRenewer(name);
      const secret = pending.get(name);
      if (!isDue(record, secret, pending.at)) return;
      const id = randomBytes(8).toString("hex");
      begun = { record, id, version: secret?.version ?? 0, metadata: secret?.metadata };
      pending.record({
        kind: "renewer",
        record: { ...record, flight: { id, startedAt: pending.at } },
      });
    });
    return begun;
  }

  async #land({ id, metadata, record, version }: Begun, value: Buffer): Promise<void> {
    const { name } = record;
    const kept = metadataOf(metadata);
    const text = isUtf8(value);
    const set = {
      name,
      value: value.toString(text ? "utf8" : "base64"),
      encoding: text ? ("utf8" as const) : ("base64" as const),
      metadata: kept,
    };
    const bytes = RENEWER_BYTES + changeBytes(name, set.value, kept);
    await this.#persist(bytes, (pending) => {
      const now = this.#current(pending, name, id);
      if (now === undefined) return;
      pending.record({ kind: "renewer", record: now });
      // What somebody has stored meanwhile is younger than what the program printed.
      if ((pending.get(name)?.version ?? 0) === version) judgeSet(pending, set);
    });
  }

  #ended({ id, record: { name } }: Begun, error: StrongroomError | undefined): Promise<void> {
    return this.#change(RENEWER_BYTES, (pending) => {
      const now = this.#current(pending, name, id);
      if (now === undefined) return;
      const failure = error && { failure: { at: pending.at, why: error.message } };
      pending.record({ kind: "renewer", record: { ...now, ...failure } });
    });
  }

  /** The record without the flight, if that is still the one: it may be replaced, or gone. */
  #current(pending: Pending, name: string, id: string): RenewerRecord | undefined {
    const { flight, ...record } = pending.renewers.get(name) ?? {};
    return flight?.id === id ? (record as RenewerRecord) : undefined;
  }

  async #persist(bytes: number, judge: OwnChange["judge"]): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#change(bytes, judge);
      } catch (error) {
        const isBusy = error instanceof StrongroomError && error.code === "BUSY";
        if (!isBusy || tries >= PERSIST.times) throw error;
      }
      await this.#parts.pause(PERSIST.everyMs, NEVER);
    }
  }

  #change(bytes: number, judge: OwnChange["judge"]): Promise<void> {
    const own = { bytes: COMMIT_BYTES + bytes, frees: false, operation: "renew", judge };
    return this.#parts.change(own);
  }
}

const NEVER = new AbortController().signal;

/** A program that writes a line means what stands in it. */
function valueOf(output: Buffer): Buffer {
  const end = output.at(-1) !== 0x0a ? output.length : output.length - 1;
  return output.subarray(0, output.at(end - 1) === 0x0d && end < output.length ? end - 1 : end);
}

/** What its owner said of the secret stays, but not when the value before was to end. */
function metadataOf(before: Metadata | undefined): Metadata {
  const { expiresAt: _, ...rest } = before ?? {};
  return { ...rest, origin: "renewer" };
}

import type { Timers } from "../turn/timers.ts";
import type { Clock } from "../vault/clock.ts";
import type { Event } from "./entry.ts";
import { told } from "./told.ts";
import { SYSTEM, UNKNOWN } from "./who.ts";

/** What happened within so many milliseconds is recorded together. */
const PERIOD_MS = 1000;
/** Of so many refusals a second each has a record of its own; the others of a caller share one. */
const TOLD_REFUSALS = 100;
/** So many different things are not kept waiting. */
const MOST = 1024;

/** What a recorder needs. */
export interface RecorderParts {
  /** Puts events into the next frame; resolves when they are durable. */
  readonly record: (events: readonly Event[]) => Promise<void>;
  readonly clock: Clock;
  readonly timers: Timers;
  /** How many a recorder before this one could not record. */
  readonly lost?: number;
}

/** What happened, to be recorded with its time and how often it did. */
export type Noted = Pick<Event, "name" | "operation" | "reason" | "who">;

/** Records what need not be durable before it is answered: once a second, like things as one. */
export class Recorder {
  readonly #parts: RecorderParts;
  #noted = new Map<string, Event>();
  #unknown = 0;
  /** Records of refusals since the last second. */
  #refusals = 0;
  /** How many could not be recorded. */
  #lost: number;
  readonly #stopTicking: () => void;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    this.#lost = parts.lost ?? 0;
    this.#stopTicking = parts.timers.every(PERIOD_MS, () => void this.#flush());
  }

  /** How many could not be recorded, and are not told of yet. */
  get lost(): number {
    return this.#lost;
  }

  /** Something happened. */
  note({ name: about, operation, reason, who }: Noted): void {
    const name = reason === undefined || this.#tells(reason) ? told(about) : "";
    const place = `${who.actor}\n${who.client}\n${who.pid}\n${operation}\n${reason}\n${name}`;
    const before = this.#noted.get(place);
    const time = before?.time ?? this.#parts.clock.now();
    if (before === undefined && reason !== undefined) this.#refusals += 1;
    const count = (before?.count ?? 0) + 1;
    this.#noted.set(place, { who, operation, name, reason, time, count });
    if (this.#noted.size >= MOST) void this.#write([]);
  }

  /** Somebody without a valid credential was refused. */
  unknown(): void {
    this.#unknown += 1;
  }

  /** Records what is left; nothing may be noted afterwards. */
  async stop(): Promise<void> {
    this.#stopTicking();
    await this.#flush();
  }

  /** Whoever is refused at will must not fill the disk with what it asked for. */
  #tells(reason: NonNullable<Noted["reason"]>): boolean {
    return reason !== "RATE_LIMITED" && this.#refusals < TOLD_REFUSALS;
  }

  async #flush(): Promise<void> {
    this.#refusals = 0;
    const time = this.#parts.clock.now();
    const counted: Event[] = [];
    if (this.#unknown > 0) {
      const what = { operation: "authenticate", name: "", reason: "DENIED" } as const;
      counted.push({ ...what, who: UNKNOWN, time, count: this.#unknown });
    }
    if (this.#lost > 0) {
      const what = { operation: "audit/lost", name: "", reason: undefined } as const;
      counted.push({ ...what, who: SYSTEM, time, count: this.#lost });
    }
    if (counted.length === 0 && this.#noted.size === 0) return;
    this.#unknown = 0;
    this.#lost = 0;
    await this.#write(counted);
  }

  async #write(counted: readonly Event[]): Promise<void> {
    const events = [...counted, ...this.#noted.values()];
    this.#noted = new Map();
    try {
      await this.#parts.record(events);
    } catch {
      this.#lost += events.reduce((sum, { count }) => sum + count, 0);
    }
  }
}

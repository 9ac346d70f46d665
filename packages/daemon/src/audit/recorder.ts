import type { Timers } from "../turn/timers.ts";
import type { Clock } from "../vault/clock.ts";
import type { Event } from "./entry.ts";
import { SYSTEM, UNKNOWN } from "./who.ts";

/** What happened within so many milliseconds is recorded together. */
const PERIOD_MS = 1000;
/** So many different things are not kept waiting. */
const MOST = 1024;

/** What a recorder needs. */
export interface RecorderParts {
  /** Puts events into the next frame; resolves when they are durable. */
  readonly record: (events: readonly Event[]) => Promise<void>;
  readonly clock: Clock;
  readonly timers: Timers;
}

type Noted = Pick<Event, "name" | "operation" | "reason" | "who">;

/** Records what need not be durable before it is answered: once a second, like things as one. */
export class Recorder {
  readonly #parts: RecorderParts;
  #noted = new Map<string, Event>();
  #unknown = 0;
  /** How many could not be recorded. */
  #lost = 0;
  readonly #stopTicking: () => void;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    this.#stopTicking = parts.timers.every(PERIOD_MS, () => void this.#flush());
  }

  /** Something happened. */
  note(noted: Noted): void {
    const { name, operation, reason = "", who } = noted;
    const place = `${who.actor}\n${who.client}\n${who.pid}\n${operation}\n${reason}\n${name}`;
    const before = this.#noted.get(place);
    const time = before?.time ?? this.#parts.clock.now();
    this.#noted.set(place, { ...noted, time, count: (before?.count ?? 0) + 1 });
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

  async #flush(): Promise<void> {
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

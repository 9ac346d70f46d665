import type { ErrorCode, Params, Result } from "@strongroom/client/protocol";
import { StrongroomError } from "@strongroom/client/protocol";
import type { CancelSignal, Caller, Turn, TurnMethod } from "../turn/turn.ts";
import type { Clock } from "../vault/clock.ts";
import type { Event } from "./entry.ts";
import type { Noted, Recorder } from "./recorder.ts";
import { SUBJECTS } from "./subjects.ts";
import type { Subject } from "./subjects.ts";
import { told } from "./told.ts";
import type { Trail } from "./trail.ts";
import { SYSTEM, UNKNOWN } from "./who.ts";
import type { Who } from "./who.ts";

/** Refusals that were judged; of the others nothing is known that could be recorded. */
const JUDGED: ReadonlySet<ErrorCode> = new Set([
  "ALREADY_EXISTS",
  "CONFLICT",
  "DENIED",
  "INVALID",
  "NOT_FOUND",
  "QUOTA_EXCEEDED",
  "RATE_LIMITED",
  "TOO_LARGE",
  "WRONG_KEY",
]);

/** What the audit needs of the turn that it is laid over. */
export interface Audited extends Turn {
  /** Puts events into the next frame; resolves when they are durable. */
  record(events: readonly Event[], signal?: CancelSignal): Promise<void>;
  drain(): Promise<void>;
  readonly waiting: number;
}

/** What an audited turn is made of. */
export interface AuditedParts {
  readonly turn: Audited;
  readonly trail: Pick<Trail, "policy">;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** Whether something is fetched first for such a request, maybe. */
  readonly flies?: (method: TurnMethod) => boolean;
}

/** Who asked, as it was when the request was taken up. */
interface Asker extends Pick<Caller, "key" | "signal"> {
  readonly who: Who;
}

/** A turn of which nothing is answered before it is recorded as the policy demands. */
export class AuditedTurn implements Turn {
  readonly #parts: AuditedParts;

  constructor(parts: AuditedParts) {
    this.#parts = parts;
  }

  /** How many requests wait for their turn. */
  get waiting(): number {
    return this.#parts.turn.waiting;
  }

  /** How many records are lost of which nothing is recorded yet: the next engine tells. */
  get lost(): number {
    return this.#parts.recorder.lost;
  }

  async execute<M extends TurnMethod>(
    method: M,
    params: Params<M>,
    caller: Caller,
  ): Promise<Result<M>> {
    const subject: Subject<M> = SUBJECTS[method];
    // A credential that comes meanwhile makes the connection another's, and not this request.
    const asker: Asker = { key: caller.key, who: whoOf(caller), signal: caller.signal };
    let result: Result<M>;
    try {
      result = await this.#parts.turn.execute(method, params, caller);
    } catch (error) {
      this.#refused(method, subject, params, asker, error);
      throw error;
    }
    if (method === "session/authenticate") this.#authenticated(asker, result);
    if (subject.kind === "read") await this.#read(subject, params, result, asker);
    if (subject.kind === "release") await this.#released(subject, params, asker);
    if (subject.kind === "work") await this.#worked(subject, params, result, asker);
    return result;
  }

  flies(method: TurnMethod): boolean {
    return this.#parts.flies?.(method) ?? false;
  }

  refused(operation?: string, caller?: Caller, reason: ErrorCode = "DENIED"): void {
    const { recorder } = this.#parts;
    if (operation === undefined || caller === undefined) return recorder.unknown();
    const who = whoOf(caller);
    if (who.actor === UNKNOWN.actor) return recorder.unknown();
    if (JUDGED.has(reason)) recorder.note({ who, operation, name: "", reason });
  }

  did(operation: string, who: Who = SYSTEM): void {
    this.#parts.recorder.note({ who, operation, name: "", reason: undefined });
  }

  /** Takes in nothing more, and resolves when all that was accepted is answered and recorded. */
  async drain(): Promise<void> {
    await this.#parts.turn.drain();
    await this.#parts.recorder.stop();
  }

  async #read<M extends TurnMethod>(
    subject: Subject<M>,
    params: Params<M>,
    result: Result<M>,
    { key, signal, who }: Asker,
  ): Promise<void> {
    const { keys, owner } = this.#parts.trail.policy;
    const mode = key === undefined ? owner : keys;
    if (mode === "off") return;
    const missed = new Set(subject.missed?.(params, result));
    const noted = subject.names(params, result).map((name): Noted => {
      const reason = missed.has(name) ? "NOT_FOUND" : undefined;
      return { who, operation: subject.operation, name, reason };
    });
    if (mode === "strict") return await this.#record(noted, signal);
    for (const each of noted) this.#parts.recorder.note(each);
  }

  async #released<M extends TurnMethod>(
    { names, operation }: Subject<M>,
    params: Params<M>,
    { signal, who }: Asker,
  ): Promise<void> {
    const noted = names(params).map((name) => ({ who, operation, name, reason: undefined }));
    await this.#record(noted, signal);
  }

  /** What was done cannot be undone: that it could not be recorded is recorded later. */
  async #worked<M extends TurnMethod>(
    { names, operation }: Subject<M>,
    params: Params<M>,
    result: Result<M>,
    { who }: Asker,
  ): Promise<void> {
    const [name = ""] = names(params, result);
    const noted = { who, operation, name, reason: undefined };
    await this.#record([noted]).catch(() => this.#parts.recorder.note(noted));
  }

  async #record(noted: readonly Noted[], signal?: CancelSignal): Promise<void> {
    const { clock, turn } = this.#parts;
    const time = clock.now();
    try {
      await turn.record(
        noted.map((each) => ({ ...each, name: told(each.name), time, count: 1 })),
        signal,
      );
    } catch (error) {
      throw error instanceof StrongroomError ? notRecorded(error) : error;
    }
  }

  #authenticated(asker: Asker, result: unknown): void {
    const actor = `key:${(result as Result<"session/authenticate">).id}`;
    const who = { ...asker.who, actor };
    this.#parts.recorder.note({ who, operation: "authenticate", name: "", reason: undefined });
  }

  #refused<M extends TurnMethod>(
    method: M,
    { names, operation }: Subject<M>,
    params: Params<M>,
    { who }: Asker,
    error: unknown,
  ): void {
    const { recorder } = this.#parts;
    if (!(error instanceof StrongroomError) || !JUDGED.has(error.code)) return;
    if (method === "session/authenticate") return recorder.unknown();
    const about = names(params);
    for (const name of about.length === 0 ? [""] : about) {
      recorder.note({ who, operation, name, reason: error.code });
    }
  }
}

function whoOf({ actor, who }: Caller): Who {
  return who ?? { actor };
}

/** The same refusal, that says why a read was not answered. */
function notRecorded({ code, hint, message, retryAfterMs }: StrongroomError): StrongroomError {
  const why = `the read cannot be recorded, and so is not answered: ${message}`;
  return new StrongroomError(code, why, {
    hint,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

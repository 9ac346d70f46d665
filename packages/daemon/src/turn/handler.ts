import type {
  AutolockPolicy,
  DaemonState,
  Params,
  Result,
  StrongroomError,
} from "@strongroom/client/protocol";
import type { Gate } from "../authority/gate.ts";
import type { Asking } from "../authority/verify.ts";
import type { Credentials } from "../oauth/credentials.ts";
import type { LoginService } from "../oauth/login/service.ts";
import type { Clipboards } from "../clipboard/clipboards.ts";
import type { Ask } from "../flights/step.ts";
import type { Watches } from "../feed/watches.ts";
import type { Leases } from "../lease/leases.ts";
import type { Custody } from "../keys/custody.ts";
import type { SlotProof } from "../keys/proof.ts";
import type { SegmentPlace } from "../storage/ledger.ts";
import type { Log } from "../storage/log.ts";
import type { Pending } from "../vault/pending.ts";
import type { KeyRecord } from "../vault/key-record.ts";
import type { VaultState, VaultView } from "../vault/state.ts";
import type { Statistics } from "./statistics.ts";
import type { Caller, TurnMethod } from "./turn.ts";

/** Answers at once from what is durable; never waits for the disk. */
export interface ReadHandler<M extends TurnMethod> {
  readonly kind: "read";
  /** `at` is the effective time in milliseconds since 1970. Throws refusals. */
  run(view: VaultView, params: Params<M>, at: number): Result<M>;
  /** Where it hands out values: programs may have to renew them first. */
  readonly renewed?: Renewed<M>;
}

/** The values that a read hands out. */
export interface Renewed<M extends TurnMethod> {
  /** The secrets whose current values they are. */
  names(params: Params<M>): readonly string[];
  /** Its result, where these could not be renewed. */
  marked(result: Result<M>, stale: ReadonlySet<string>): Result<M>;
}

/** Judged in the turn, answered when its frame is durable. */
export interface WriteHandler<M extends TurnMethod> {
  readonly kind: "write";
  /** What of it must be looked at outside of the vault, for the owner, before it is queued. */
  prepare?(params: Params<M>): Promise<void>;
  /** Refuses, or records changes; returns the figures that a request id remembers. */
  judge(pending: Pending, params: Params<M>): readonly number[];
  /** The result of params and figures: the same for the first answer and every repetition. */
  result(params: Params<M>, numbers: readonly number[], revision: number): Result<M>;
  /** What follows when it is durable, before it is answered. */
  durable?(gate: Gate): void;
  /** The ids of the API keys that have ended with it. */
  ends?(params: Params<M>, numbers: readonly number[]): readonly string[];
  /** At most so many bytes of the frame. */
  bytes(params: Params<M>): number;
  /** Whether it only gives room back. */
  frees(params: Params<M>): boolean;
}

/** Judges what somebody presents to a service, and uses of it, in one synchronous step. */
export interface VerifyHandler<M extends TurnMethod> {
  readonly kind: "verify";
  /** The key whose rate and quota are used, and how much of them. Throws refusals. */
  judge(
    gate: Gate,
    view: VaultView,
    params: Params<M>,
    asking: Asking,
  ): { readonly record: KeyRecord; readonly cost: number };
  /** `left`: what was granted of the quota of that key and is not used. */
  result(record: KeyRecord, left: number, revision: number): Result<M>;
}

/** Takes, keeps or gives back what lasts beyond its request and is in no frame. */
export interface LeaseHandler<M extends TurnMethod> {
  readonly kind: "lease";
  run(leases: Leases, params: Params<M>, holder: Holder): Promise<Held<M>>;
}

/** What its result is but for the revision, which is that of its answer. */
export type Held<M extends TurnMethod> = Omit<Result<M>, "revision">;

/** Whose a lease is to be. */
export type Holder = Pick<Caller, "line" | "signal">;

/** Who asks for a flight, and who signs in at authorization servers for them. */
export interface FlightAsker {
  readonly caller: Caller;
  readonly logins: Services["logins"];
  readonly watches: Watches;
  readonly clipboards: Clipboards;
}

/** Answered at once, or when a flight has landed, which many may wait for. */
export interface FlightHandler<M extends TurnMethod> {
  readonly kind: "flight";
  begin(credentials: Credentials, params: Params<M>, asker: FlightAsker): Ask<Result<M>>;
}

/** Work on the vault or the daemon as a whole. */
export interface ControlHandler<M extends TurnMethod> {
  readonly kind: "control";
  /** Whether it runs in the queue, with no frame in flight. */
  readonly exclusive: boolean;
  run(context: ControlContext, params: Params<M>): Promise<Result<M>>;
}

/** What control handlers work with. */
export interface ControlContext {
  readonly gate: Gate;
  readonly state: VaultState;
  readonly log: Log;
  readonly services: Services;
  readonly statistics: Statistics;
  /** What request ids are hashed with. */
  readonly requestKey: Uint8Array;
  readonly waiting: number;
}

/** How a method is served. */
export type Handler<M extends TurnMethod> =
  | ControlHandler<M>
  | FlightHandler<M>
  | LeaseHandler<M>
  | ReadHandler<M>
  | VerifyHandler<M>
  | WriteHandler<M>;
/** One handler a method, each exactly once. */
export type HandlerTable = { readonly [M in TurnMethod]: Handler<M> };

/** What the daemon knows of itself, for `vault/status`. */
export interface DaemonFigures {
  readonly state: DaemonState;
  /** Why, when the state is `failed`, `locked`, `read-only` or `poisoned`. */
  readonly reason?: string;
  readonly pid: number;
  readonly endpoint: string;
  readonly vault: string | null;
  readonly version: string;
  readonly protocol: number;
  readonly uptimeMs: number;
  readonly connections: number;
  /** Which lock keeps other daemons away. */
  readonly lock: string;
  readonly lastExit: string | null;
  /** When the vault locks itself. */
  readonly autolock: AutolockPolicy;
}

/** What the daemon does for the handlers. */
export interface Services {
  /** Ends the connections of an API key that has ended. */
  endSessions(key: string): void;
  /** Begins an orderly stop; the reply still goes out. */
  stop(): void;
  figures(): DaemonFigures;
  /** Why nobody is served any more: the vault is locked, or due to be. */
  refusal?(): StrongroomError | undefined;
  /** Signs in at authorization servers. */
  readonly logins: Pick<LoginService, "begin" | "discover" | "wait">;
  /** The ways to the vault's key. */
  readonly custody: Pick<
    Custody,
    "add" | "backupAt" | "confirm" | "list" | "rekey" | "remove" | "restored"
  >;
  /** Hands out the records of a sealed segment of the audit; `CORRUPT` names its file. */
  readonly segment: (
    place: SegmentPlace,
    record: (record: Uint8Array) => void,
  ) => Promise<{ readonly path: string }>;
  /** Finds out who has a slot. */
  readonly proof: Pick<SlotProof, "answered" | "challenge" | "passphrase" | "types">;
  /** Writes an encrypted backup of these records and returns its path. */
  backup(records: Iterable<Uint8Array>): Promise<string>;
}

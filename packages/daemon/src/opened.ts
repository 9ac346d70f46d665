import { join } from "node:path";
import type { StrongroomError } from "@strongroom/client/protocol";
import { AuditedTurn } from "./audit/audited-turn.ts";
import { Recorder } from "./audit/recorder.ts";
import { Gate } from "./authority/gate.ts";
import { Minter } from "./authority/minter.ts";
import { SteadyTime } from "./authority/steady-time.ts";
import { Signer } from "./authority/signer.ts";
import { systemPause } from "./flights/pause.ts";
import { loginService } from "./oauth/login/service.ts";
import { networkProvider } from "./oauth/token-endpoint.ts";
import { SlotProof } from "./keys/proof.ts";
import { tokenFloor } from "./lease/floor.ts";
import { Leases } from "./lease/leases.ts";
import { systemClocks } from "./lock/clocks.ts";
import type { Given } from "./lock/turns.ts";
import { FILES } from "./storage/names.ts";
import { NodeDisk } from "./storage/node-disk.ts";
import { openVault } from "./storage/open.ts";
import type { OpenedVault, VaultFolders } from "./storage/open.ts";
import { pacer } from "./storage/pause.ts";
import { readSegment } from "./storage/segment.ts";
import { HANDLERS } from "./handlers/table.ts";
import { Engine } from "./turn/engine.ts";
import { isAloft } from "./turn/flown.ts";
import { mayBeRenewed } from "./turn/key-turn.ts";
import type { Services } from "./turn/handler.ts";
import type { TurnMethod } from "./turn/turn.ts";
import { systemTimers } from "./turn/timers.ts";
import { systemClock } from "./vault/clock.ts";
import { shareCredentials } from "./vault/share-oauth.ts";
import { VaultState } from "./vault/state.ts";

/** What the request ids of a vault are hashed with: HKDF's name for that key. */
const REQUEST_KEY = "request ids";

/** What session tokens are signed with: it goes with the data key. */
const TOKEN_KEY = "session tokens";

/** What an engine is opened with. */
export interface EngineParts {
  readonly folders: VaultFolders;
  readonly mayCreate: boolean;
  /** What was given to open it. */
  readonly given?: Given;
  readonly services: Omit<Services, "backup" | "custody" | "logins" | "proof" | "segment">;
  /** Audit records that the engine before this one could not write. */
  readonly lost?: number;
  /** Gets a line for what storage warns of, now and while it serves. Never holds a name of a secret. */
  readonly warn: (line: string) => void;
  readonly onPoisoned: (error: StrongroomError) => void;
  readonly onFault: (error: StrongroomError) => void;
}

/** A vault in memory, with the engine that serves it and the log that it is kept in. */
export interface Opened {
  readonly vault: OpenedVault;
  readonly state: VaultState;
  readonly engine: AuditedTurn;
  /** What its owner should know of it, a line each. */
  readonly remarks: readonly string[];
  /** From now on no refresh begins; resolves when those under way have landed, or were told to end. */
  readonly land: () => Promise<void>;
  /** Whether any is on its way, or what came of one waits for the disk. */
  readonly isAloft: () => boolean;
  /**
   * Rejects with `DENIED` where the owner must prove a slot and did not; with `WRONG_KEY` when what
   * is given, which would prove one, is of none.
   */
  readonly admitOwner: (provedAt: number | undefined, given: Given) => Promise<void>;
}

/** Opens the vault, or makes it, and puts an engine over it. */
export async function openEngine(parts: EngineParts): Promise<Opened> {
  const state = new VaultState();
  const disk = new NodeDisk();
  const { passphrase, identity } = parts.given ?? {};
  const typed = passphrase === undefined ? undefined : Buffer.from(passphrase);
  const vault = await openVault({
    disk,
    home: parts.folders,
    mayCreate: parts.mayCreate,
    passphrase: typed,
    identity,
    sink: state,
    records: () => state.records(),
    ledger: state.audit,
    log: parts.warn,
    // It may be an older copy, whose refresh tokens were redeemed.
    unmarked: () => shareCredentials(state),
  });
  const vaultId = Buffer.from(vault.vaultId, "hex");
  const pause = pacer(() => systemClock.monotonic());
  const place = { disk, folder: parts.folders.vault, vaultId };
  const requestKey = state.requests.key ?? vault.subkey(REQUEST_KEY);
  const minter = new Minter(requestKey);
  const signer = new Signer(vault.vaultId, () => vault.subkey(TOKEN_KEY));
  const time = new SteadyTime(systemClocks);
  const clock = { now: () => time.now(), monotonic: () => systemClock.monotonic() };
  const known = state.keys.keys();
  const gate = new Gate({ minter, signer, clocks: systemClocks, known, time });
  const slots = join(parts.folders.vault, FILES.slots);
  const proof = new SlotProof(
    () => vault.custody.slots,
    slots,
    () => systemClocks.running(),
  );
  const http = { configFolder: parts.folders.config };
  const provider = networkProvider(http);
  const logins = loginService({ http, provider, pause: systemPause }, () => turn);
  const engine = new Engine({
    state,
    gate,
    clock,
    log: vault.log,
    leases: new Leases({
      clocks: systemClocks,
      timers: systemTimers,
      floor: () => tokenFloor(vault.log),
    }),
    provider,
    requestKey,
    services: {
      ...parts.services,
      custody: vault.custody,
      logins,
      proof,
      backup: (records) => vault.sealBackup(records),
      segment: (segment, record) => readSegment(place, segment, record, pause),
    },
    onPoisoned: parts.onPoisoned,
    onFault: parts.onFault,
  });
  const recorder = new Recorder({
    clock,
    timers: systemTimers,
    lost: parts.lost ?? 0,
    record: (events) => engine.record(events),
  });
  const flies = (method: TurnMethod): boolean => mayBeRenewed(HANDLERS[method], state);
  const turn = new AuditedTurn({ turn: engine, trail: state.audit, recorder, clock, flies });
  return {
    vault,
    state,
    engine: turn,
    remarks: [...vault.warnings, ...unfinished(engine.flown.credentials.unfinished)],
    isAloft: () => isAloft(engine.flown),
    land: () => {
      logins.close();
      return engine.land();
    },
    admitOwner: async (provedAt, given) => {
      try {
        gate.admitOwner(state.counters, provedAt);
      } catch (error) {
        if (given.identity !== undefined) await proof.identity(given.identity);
        else if (given.passphrase !== undefined) await proof.passphrase(given.passphrase);
        else throw error;
      }
    },
  };
}

/** What is said of refreshes that a daemon before this one has begun and not finished. */
function unfinished(count: number): readonly string[] {
  if (count === 0) return [];
  const what = count === 1 ? "an OAuth refresh was" : `${count} OAuth refreshes were`;
  return [`${what} begun and never finished; strongroom oauth doctor says which`];
}

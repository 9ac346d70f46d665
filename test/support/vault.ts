import type { Gate } from "@strongroom/daemon/src/authority/gate.ts";
import { DataKey } from "@strongroom/daemon/src/keys/data-key.ts";
import { Engine } from "@strongroom/daemon/src/turn/engine.ts";
import type { Services } from "@strongroom/daemon/src/turn/handler.ts";
import { systemTimers } from "@strongroom/daemon/src/turn/timers.ts";
import { ScriptedPrograms } from "./scripted-programs.ts";
import type { Timers } from "@strongroom/daemon/src/turn/timers.ts";
import type { Clock } from "@strongroom/daemon/src/vault/clock.ts";
import { VaultState } from "@strongroom/daemon/src/vault/state.ts";
import type { Caller, TurnMethod } from "@strongroom/daemon/src/turn/turn.ts";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Params, Result } from "@strongroom/client/protocol";
import { gateOver } from "./gate.ts";
import { leasesOver } from "./leases.ts";
import { MemoryLog } from "./memory-log.ts";
import { ScriptedProvider } from "./oauth/scripted-provider.ts";

/** A clock that moves when it is told to. */
export class TestClock implements Clock {
  wall = 1_700_000_000_000;
  running = 0;
  now(): number {
    return this.wall;
  }
  monotonic(): number {
    return this.running;
  }
  /** Lets both clocks go on by so many milliseconds. */
  pass(ms: number): void {
    this.wall += ms;
    this.running += ms;
  }
}

/** Services that remember what they were asked. */
export class TestServices implements Services {
  stopped = 0;
  locked = false;
  backups: Buffer[][] = [];
  readonly ended: string[] = [];
  endSessions(key: string): void {
    this.ended.push(key);
  }
  refusal(): StrongroomError | undefined {
    if (!this.locked) return undefined;
    return new StrongroomError("LOCKED", "the vault is locked");
  }
  stop(): void {
    this.stopped++;
  }
  figures(): ReturnType<Services["figures"]> {
    return {
      state: "open",
      pid: 1,
      endpoint: "/run/test.sock",
      vault: "vault-id",
      version: "0.1.0",
      protocol: 1,
      uptimeMs: 5,
      connections: 2,
      lock: "none",
      lastExit: null,
      autolock: {},
    };
  }
  logins: Services["logins"] = {
    begin: () => ({
      id: "a-flight",
      joined: false,
      shown: Promise.resolve({
        url: "https://auth.example/authorize",
        issuer: "https://auth.example",
        clientId: "me",
        scopes: ["a"],
        expiresAt: 1,
      }),
      done: new Promise(() => undefined),
    }),
    wait: () => ({
      done: Promise.resolve({
        name: "o",
        generation: 1,
        issuer: "https://auth.example",
        scopes: ["a"],
      }),
      leave: () => undefined,
    }),
    discover: () =>
      Promise.resolve({
        issuer: "https://auth.example",
        tokenEndpoint: "https://auth.example/token",
      }),
  };
  custody: Services["custody"] = {
    restored: { revision: 7, time: null },
    list: () => [{ slot: "0123456789abcdef", type: "keyfile" }],
    add: (asked) => {
      const proof = { wrapped: "YWdl", vault: "00", check: "11" };
      const { type } = asked;
      const whose = asked.type === "recipient" ? { recipient: asked.recipient } : {};
      return Promise.resolve({ slot: "fedcba9876543210", type, ...whose, ...proof });
    },
    remove: ({ slot, keepDataKey }) =>
      Promise.resolve({ slot, type: "recipient", rekeyed: keepDataKey !== true }),
    rekey: (reseal) => reseal(new DataKey(Buffer.alloc(32, 9), Buffer.alloc(16, 2))),
    confirm: () => Promise.resolve(true),
    backupAt: () => Promise.resolve(undefined),
  };
  proof: Services["proof"] = {
    types: ["keyfile"],
    challenge: () => Promise.resolve("YWdl"),
    answered: () => {},
    passphrase: () => Promise.resolve(),
  };
  readonly segments = new Map<bigint, Buffer[]>();
  segment: Services["segment"] = async ({ epoch }, record) => {
    this.segments.get(epoch)?.forEach(record);
    return { path: `/vault/audit.${epoch}` };
  };
  async backup(records: Iterable<Uint8Array>): Promise<string> {
    this.backups.push(Array.from(records, (record) => Buffer.from(record)));
    return "/backups/one.age";
  }
}

/** An engine over a log in memory, with everything that a test may want to touch. */
export class TestVault {
  readonly clock: TestClock;
  readonly log: MemoryLog;
  readonly state = new VaultState();
  readonly services = new TestServices();
  readonly engine: Engine;
  readonly gate: Gate;
  readonly provider: ScriptedProvider;
  readonly programs: ScriptedPrograms;
  readonly poisoned: StrongroomError[] = [];
  readonly faults: StrongroomError[] = [];
  /** The moments that it waited for by a timer, in milliseconds. */
  readonly moments: number[] = [];
  /** The hourly ticks of the engine, called by hand. */
  readonly ticks: (() => void)[] = [];

  constructor(
    log: MemoryLog = new MemoryLog(),
    clock: TestClock = new TestClock(),
    provider: ScriptedProvider = new ScriptedProvider(),
    programs: ScriptedPrograms = new ScriptedPrograms(),
    requestKey: Buffer = Buffer.alloc(32, 7),
  ) {
    this.log = log;
    this.programs = programs;
    this.provider = provider;
    this.clock = clock;
    log.replay(this.state);
    this.gate = gateOver(this.state, clock);
    const timers: Timers = {
      soon: systemTimers.soon,
      after: (ms, callback) => {
        this.moments.push(ms);
        return systemTimers.after(ms, callback);
      },
      every: (_ms, callback) => {
        this.ticks.push(callback);
        return () => void this.ticks.splice(this.ticks.indexOf(callback), 1);
      },
    };
    this.engine = new Engine({
      state: this.state,
      gate: this.gate,
      log,
      leases: leasesOver(log, clock, timers),
      provider,
      programs,
      requestKey,
      services: this.services,
      clock,
      timers,
      onPoisoned: (error) => this.poisoned.push(error),
      onFault: (error) => this.faults.push(error),
    });
  }

  /** An hour of running time is over, or whatever else the engine waits for. */
  tick(): void {
    for (const tick of this.ticks.slice()) tick();
  }

  call<M extends TurnMethod>(
    method: M,
    params: Params<M>,
    caller: Partial<Caller> = {},
  ): Promise<Result<M>> {
    const signal = caller.signal ?? new AbortController().signal;
    const { claimed, key, line, provedAt, session, who } = caller;
    const actor = caller.actor ?? (key === undefined ? "owner" : `key:${key}`);
    return this.engine.execute(method, params, {
      actor,
      claimed,
      key,
      line,
      provedAt,
      session,
      signal,
      ...(who && { who }),
    });
  }

  set(name: string, value: string): Promise<Result<"secret/set">> {
    return this.call("secret/set", { name, value });
  }

  async value(name: string): Promise<string> {
    return (await this.call("secret/get", { name })).value;
  }

  /** The vault as a new process finds it. */
  reopened(): TestVault {
    return new TestVault(this.log.reopened(), this.clock, this.provider, this.programs);
  }
}

/** The code that a call is refused with; `resolved` when it is not. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "resolved";
  } catch (error) {
    return (error as StrongroomError).code ?? String(error);
  }
}

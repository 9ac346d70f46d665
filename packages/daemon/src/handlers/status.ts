import type { Restored, Result, StatusDetail } from "@strongroom/client/protocol";
import type { LogFigures } from "../storage/log.ts";
import type { ControlHandler, DaemonFigures } from "../turn/handler.ts";
import type { Statistics } from "../turn/statistics.ts";

/** What is known of a vault that is open. */
export interface OpenFigures {
  readonly log: LogFigures;
  readonly statistics: Statistics;
  readonly waiting: number;
  readonly secrets: number;
  readonly revision: number;
  readonly slots: number;
  readonly backupAt: number | undefined;
  readonly restored: Restored | undefined;
  /** The time of the vault. */
  readonly time: number;
}

/** `vault/status` */
export const vaultStatus: ControlHandler<"vault/status"> = {
  kind: "control",
  exclusive: false,
  run: async ({ gate, state, log, services, statistics, waiting }, { detail }) => {
    const { live: secrets, maxTime, revision } = state.counters;
    const { custody } = services;
    const backupAt = await custody.backupAt();
    const { restored } = custody;
    const slots = custody.list().length;
    const vault = { secrets, revision, slots, backupAt, restored, time: gate.at(maxTime) };
    const open = { log: log.figures(), statistics, waiting, ...vault };
    return statusOf(services.figures(), open, detail === true);
  },
};

/** The status in any state of the daemon; `open` is undefined while there is no open vault. */
export function statusOf(
  daemon: DaemonFigures,
  open: OpenFigures | undefined,
  detail: boolean,
): Result<"vault/status"> {
  const {
    autolock: _autolock,
    connections: _,
    lock: _lock,
    lastExit: _lastExit,
    ...shown
  } = daemon;
  return {
    ...shown,
    secrets: open?.secrets ?? null,
    slots: open?.slots ?? null,
    backupAt: open?.backupAt ?? null,
    restored: open?.restored ?? null,
    time: open?.time ?? null,
    ...(detail ? { detail: detailOf(daemon, open) } : {}),
    revision: open?.revision ?? 0,
  };
}

/** What a key is shown of it: all else about the daemon is its owner's. */
export function statusForKey(
  { protocol, state }: DaemonFigures,
  revision: number,
): Result<"vault/status"> {
  const status: unknown = { state, protocol, revision };
  return status as Result<"vault/status">;
}

function detailOf(daemon: DaemonFigures, open: OpenFigures | undefined): StatusDetail {
  const { autolock, connections, lock, lastExit } = daemon;
  const log = open?.log;
  return {
    queueDepth: open?.waiting ?? 0,
    connections,
    batches: 0,
    batchSizeP50: null,
    batchSizeMax: null,
    fsyncP50Ms: null,
    fsyncP99Ms: null,
    refusals: {},
    ...open?.statistics.figures(),
    lock,
    epoch: log?.epoch ?? null,
    journalBytes: log?.journalBytes ?? null,
    tornFrames: log?.tornFrames ?? null,
    mark: log?.mark ?? null,
    autolock: open === undefined ? null : autolock,
    lastExit,
  };
}

import { Clipboards } from "../clipboard/clipboards.ts";
import { systemTools } from "../clipboard/tools.ts";
import { Watches } from "../feed/watches.ts";
import { systemPause } from "../flights/pause.ts";
import { Credentials } from "../oauth/credentials.ts";
import type { Provider } from "../oauth/provider.ts";
import { Refresher } from "../oauth/refresher.ts";
import { Programs } from "../renewers/programs.ts";
import { Renewals } from "../renewers/renewals.ts";
import { Renewer } from "../renewers/renewer.ts";
import type { Clock } from "../vault/clock.ts";
import type { VaultState } from "../vault/state.ts";
import type { Timers } from "./timers.ts";
import type { OwnChange } from "./own-change.ts";

/** What is waited for in a vault: what is fetched once for all who ask for it, and what happens. */
export interface Flown {
  readonly credentials: Credentials;
  readonly renewals: Renewals;
  readonly watches: Watches;
  readonly clipboards: Clipboards;
}

/** What that needs of the turn. */
export interface FlownParts {
  readonly state: VaultState;
  readonly provider: Provider;
  /** 32 bytes of the vault that stay the same for its whole life. */
  readonly requestKey: Uint8Array;
  readonly programs?: Pick<Programs, "run" | "has"> | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly at: () => number;
  /** Makes a change of the daemon's own; resolves when it is durable. */
  readonly change: (change: OwnChange) => Promise<void>;
}

/** The flights of an engine. */
export function flown({
  at,
  change,
  clock,
  programs = new Programs(),
  provider,
  requestKey,
  state,
  timers,
}: FlownParts): Flown {
  const pause = systemPause;
  const random = Math.random;
  const refresher = new Refresher({ provider, pause, change });
  const renewer = new Renewer({
    pause,
    change,
    run: (record, signal) => programs.run(record, signal),
  });
  return {
    credentials: new Credentials({ state, clock, at, random, refresher }),
    clipboards: new Clipboards(timers, systemTools),
    watches: new Watches({ state, clock, timers, requestKey }),
    renewals: new Renewals({ renewer, clock, random, isOwn: (pid) => programs.has(pid) }),
  };
}

/** Whether any is on its way, or what came of one waits for the disk. */
export function isAloft({ credentials, renewals }: Flown): boolean {
  return credentials.isBusy || renewals.isBusy;
}

/** From now on none begins; resolves when those under way have landed, or were told to end. */
export async function land({ clipboards, credentials, renewals, watches }: Flown): Promise<void> {
  watches.close();
  await Promise.all([credentials.land(systemPause), renewals.land(systemPause), clipboards.land()]);
}

import { tokenFloor } from "@strongroom/daemon/src/lease/floor.ts";
import { Leases } from "@strongroom/daemon/src/lease/leases.ts";
import type { LogFigures } from "@strongroom/daemon/src/storage/log.ts";
import type { Timers } from "@strongroom/daemon/src/turn/timers.ts";
import type { Clock } from "@strongroom/daemon/src/vault/clock.ts";

/** The leases of a log, by the clock of a test. */
export function leasesOver(
  log: { readonly figures: () => LogFigures },
  clock: Pick<Clock, "monotonic">,
  timers: Pick<Timers, "after">,
): Leases {
  const running = (): number => clock.monotonic();
  return new Leases({
    clocks: { booted: running, running },
    timers,
    floor: () => tokenFloor(log),
  });
}

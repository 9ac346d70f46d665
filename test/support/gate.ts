import { Gate } from "@strongroom/daemon/src/authority/gate.ts";
import { Minter } from "@strongroom/daemon/src/authority/minter.ts";
import type { Clock } from "@strongroom/daemon/src/vault/clock.ts";
import type { VaultState } from "@strongroom/daemon/src/vault/state.ts";

/** Keys that come of their purpose, for minters of tests. */
export const testMinter: Minter = new Minter((purpose) =>
  Buffer.from(purpose.padEnd(32).slice(0, 32)),
);

/** A gate over a state, by the clock of a test. */
export function gateOver(state: VaultState, clock: Clock): Gate {
  const running = (): number => clock.monotonic();
  return new Gate({
    minter: testMinter,
    clocks: { wall: () => clock.now(), running, booted: running },
    known: state.keys.keys(),
  });
}

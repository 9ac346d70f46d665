import { Gate } from "@strongroom/daemon/src/authority/gate.ts";
import { Signer } from "@strongroom/daemon/src/authority/signer.ts";
import { Minter } from "@strongroom/daemon/src/authority/minter.ts";
import type { Clock } from "@strongroom/daemon/src/vault/clock.ts";
import type { VaultState } from "@strongroom/daemon/src/vault/state.ts";

/** A minter of a vault of tests. */
export const testMinter: Minter = new Minter(Buffer.alloc(32, 8));

/** A gate over a state, by the clock of a test. */
export function gateOver(state: VaultState, clock: Clock): Gate {
  const running = (): number => clock.monotonic();
  return new Gate({
    minter: testMinter,
    signer: new Signer("vault-id", () => Buffer.alloc(32, 5)),
    clocks: { wall: () => clock.now(), running, booted: running },
    known: state.keys.keys(),
  });
}

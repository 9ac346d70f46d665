import type { LeaseRef, Params, Result } from "@strongroom/client/protocol";
import type { Leases } from "../lease/leases.ts";
import type { VaultView } from "../vault/state.ts";
import type { Holder, LeaseHandler } from "./handler.ts";
import type { TurnMethod } from "./turn.ts";

/** What requests about leases need of the turn. */
export interface LeaseTurnParts {
  readonly leases: Leases;
  readonly state: VaultView;
}

/**
 * Serves a request about a lease. `stillMay` throws what the caller may not do by then: who was
 * waiting may have lost the right to what came.
 */
export async function leased<M extends TurnMethod>(
  { leases, state }: LeaseTurnParts,
  { handler, params }: { readonly handler: LeaseHandler<M>; readonly params: Params<M> },
  holder: Holder,
  stillMay: () => void,
): Promise<Result<M>> {
  const held = await handler.run(leases, params, holder).catch((error: unknown) => {
    stillMay();
    throw error;
  });
  try {
    stillMay();
  } catch (error) {
    if ("token" in held) leases.release(held as unknown as LeaseRef, holder.line);
    throw error;
  }
  return { ...held, revision: state.counters.revision };
}

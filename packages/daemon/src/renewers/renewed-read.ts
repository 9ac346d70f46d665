import type { Params, Result } from "@strongroom/client/protocol";
import type { Ask } from "../flights/step.ts";
import type { ReadHandler, Renewed } from "../turn/handler.ts";
import type { Caller, TurnMethod } from "../turn/turn.ts";
import { isDue } from "../vault/renewer-record.ts";
import { isLive } from "../vault/secret.ts";
import { insideItself } from "./refusals.ts";
import type { Renewals } from "./renewals.ts";

/** A read, and who asks. */
export interface RenewedRead<M extends TurnMethod> {
  readonly handler: ReadHandler<M> & { readonly renewed: Renewed<M> };
  readonly params: Params<M>;
  readonly caller: Pick<Caller, "claimed" | "who">;
}

/**
 * A read of values that programs renew: asked in the very step in which its answer leaves, by a
 * view of what whoever asks may see. It waits for each of them once.
 */
export function renewedRead<M extends TurnMethod>(
  renewals: Renewals,
  { caller, handler, params }: RenewedRead<M>,
): Ask<Result<M>> {
  const waited = new Set<string>();
  return (at, view) => {
    const stale = new Set<string>();
    const waits: Promise<void>[] = [];
    for (const name of new Set(handler.renewed.names(params))) {
      const record = view.renewers.get(name);
      const secret = record && view.get(name);
      if (record === undefined || !isDue(record, secret, at)) continue;
      if (renewals.isAskedByItself(caller)) throw insideItself(name);
      const isKept = record.serveStale === true && isLive(secret, at);
      const refusal = renewals.refusal(record);
      if (refusal === undefined && !waited.has(name)) {
        waited.add(name);
        const run = renewals.renew(record);
        waits.push(isKept ? run.catch(() => undefined) : run);
      } else if (isKept) stale.add(name);
      else if (refusal !== undefined) throw refusal;
    }
    if (waits.length > 0) return { wait: Promise.all(waits).then(() => undefined) };
    const result = handler.run(view, params, at);
    return { result: stale.size === 0 ? result : handler.renewed.marked(result, stale) };
  };
}

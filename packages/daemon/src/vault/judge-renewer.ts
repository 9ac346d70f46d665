import type { Params } from "@strongroom/client/protocol";
import { checkName, LIMITS, StrongroomError } from "@strongroom/client/protocol";
import { demandSecret } from "./not-secret.ts";
import type { Pending } from "./pending.ts";
import { quoted } from "./quote.ts";

/** `renewer/set`: the program takes the place of the one before; the next who asks has it run. */
export function judgeRenewerSet(pending: Pending, params: Params<"renewer/set">): number {
  const { argv, lifetimeMs, name, serveStale } = params;
  demandSecret(pending.oauth, name, "renew");
  if (pending.get(name) === undefined) checkName(name);
  const { renewers } = pending;
  if (renewers.get(name) === undefined && renewers.names().length >= LIMITS.renewers) {
    throw tooMany();
  }
  const generation = pending.revision + 1;
  const stale = serveStale === undefined ? {} : { serveStale };
  pending.record({ kind: "renewer", record: { name, argv, lifetimeMs, ...stale, generation } });
  return generation;
}

/** `renewer/remove`: `NOT_FOUND` where there is none. */
export function judgeRenewerRemove(
  pending: Pending,
  { name }: Pick<Params<"renewer/remove">, "name">,
): number {
  if (pending.renewers.get(name) === undefined) throw noRenewer(name);
  pending.record({ kind: "forget-renewer", name });
  return pending.revision + 1;
}

/** No program renews that secret. */
export function noRenewer(name: string): StrongroomError {
  return new StrongroomError("NOT_FOUND", `nothing renews ${quoted(name)}`, {
    hint: "strongroom renewer list",
  });
}

function tooMany(): StrongroomError {
  return new StrongroomError("TOO_LARGE", `a vault has at most ${LIMITS.renewers} renewers`, {
    hint: "see which there are: strongroom renewer list",
  });
}

import type { Fenced, Params, Repeatable, Result } from "@strongroom/client/protocol";
import { byOf } from "../audit/subjects.ts";
import type { Gate } from "../authority/gate.ts";
import type { Leases } from "../lease/leases.ts";
import { KEY_RECORD_BYTES } from "../handlers/keys.ts";
import type { Pending } from "../vault/pending.ts";
import type { Fingerprints } from "../vault/repeat.ts";
import { givenTo, judgedBy } from "./admission.ts";
import type { Services, WriteHandler } from "./handler.ts";
import { TURN } from "./mutation.ts";
import { tooLarge } from "./refusal.ts";
import type { Caller, TurnMethod } from "./turn.ts";
import type { Writer } from "./writer.ts";

/** What changes need of the turn. */
export interface WriteTurnParts {
  readonly writer: Pick<Writer, "submit">;
  readonly gate: Gate;
  readonly services: Pick<Services, "endSessions">;
  readonly leases: Leases;
  readonly fingerprints: Fingerprints;
  /** The running clock. */
  readonly since: () => number;
}

/** Queues a change that somebody asked for; resolves when it is durable. */
export async function written<M extends TurnMethod>(
  parts: WriteTurnParts,
  request: { readonly method: M; readonly params: Params<M>; readonly handler: WriteHandler<M> },
  caller: Caller,
): Promise<Result<M>> {
  const { handler, params } = request;
  // What a key asks for of the owner's is refused without a look.
  if (handler.prepare !== undefined && caller.key === undefined) await handler.prepare(params);
  return await judgedInTurn(parts, request, caller);
}

function judgedInTurn<M extends TurnMethod>(
  { fingerprints, gate, leases, services, since, writer }: WriteTurnParts,
  request: { readonly method: M; readonly params: Params<M>; readonly handler: WriteHandler<M> },
  caller: Caller,
): Promise<Result<M>> {
  const { handler, method, params } = request;
  const bytes = handler.bytes(params) + (caller.key === undefined ? 0 : KEY_RECORD_BYTES);
  if (bytes > TURN.frameBytes) throw tooLarge(bytes, TURN.frameBytes);
  const repeatable = params as Repeatable;
  const given = givenTo(method, params, gate, caller);
  const { lease } = params as Fenced;
  let settled: (() => void) | undefined;
  const judge = (pending: Pending): readonly number[] => {
    if (lease !== undefined) settled = leases.use(lease);
    return handler.judge(pending, given);
  };
  const judged = judgedBy(gate, caller, method, params, judge);
  return new Promise<Result<M>>((resolve, reject) => {
    writer.submit({
      signal: caller.signal,
      since: since(),
      bytes,
      frees: handler.frees(params),
      fingerprint: fingerprints.of(caller.actor, method, repeatable),
      seen: repeatable.seen,
      by: byOf(method, caller),
      admit: judged.admit,
      judge: judged.judge,
      answer: (numbers, revision) => {
        settled?.();
        handler.durable?.(gate);
        for (const id of handler.ends?.(given, numbers) ?? []) services.endSessions(id);
        resolve(handler.result(given, numbers, revision));
      },
      refuse: (error) => {
        settled?.();
        reject(error);
      },
    });
  });
}

import { randomUUID } from "node:crypto";
import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import type { Params } from "@strongroom/client/protocol";
import type { Gate } from "../authority/gate.ts";
import { noKeyToIssue, notAllowed } from "../authority/refusal.ts";
import { isWithin } from "../authority/within.ts";
import type { ControlHandler } from "../turn/handler.ts";
import type { KeyRecord } from "../vault/key-record.ts";

/** What a token may be given of rules of its own; to compare them takes time. */
const RULES_BYTES = 2048;

/** `session/issue`: `parent` is the key that asks, which the turn has just judged. */
export const sessionIssue: ControlHandler<"session/issue"> = {
  kind: "control",
  exclusive: false,
  run: async ({ gate, state }, params) => {
    const { maxTime, revision } = state.counters;
    return { ...(await issue(gate, params, gate.at(maxTime))), revision };
  },
};

/** The params of a method that makes a token of a key. */
export function withParent<T extends object>(params: T, parent: KeyRecord): T {
  return { ...params, parent };
}

async function issue(
  gate: Gate,
  params: Params<"session/issue">,
  at: number,
): Promise<{ readonly token: string; readonly jti: string; readonly expiresAt: number }> {
  const { parent } = params as { readonly parent?: KeyRecord };
  if (parent === undefined) throw noKeyToIssue();
  const { deny, expiresAt = Infinity, id: key, revokedAt = Infinity } = parent;
  const { allow = parent.allow, ttl = LIMITS.tokenSeconds } = params;
  if (params.allow !== undefined && JSON.stringify(allow).length > RULES_BYTES) throw tooLong();
  // Whoever verifies the signature alone believes what the token says.
  if (params.allow !== undefined && !isWithin(allow, parent.allow)) throw notAllowed();
  const ends = Math.floor(Math.min(at + ttl * 1000, expiresAt, revokedAt) / 1000) * 1000;
  const jti = randomUUID();
  const token = await gate.signer.sign({ allow, deny, expiresAt: ends, jti, key }, at);
  if (token.length > LIMITS.tokenCharacters) throw tooLong();
  return { token, jti, expiresAt: ends };
}

function tooLong(): StrongroomError {
  return new StrongroomError("TOO_LARGE", "the rules of this token are too long for one", {
    hint: "give it fewer: strongroom key token --allow RULE",
  });
}

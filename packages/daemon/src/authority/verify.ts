import type { Params } from "@strongroom/client/protocol";
import { stateOf } from "../vault/key-record.ts";
import type { KeyRecord } from "../vault/key-record.ts";
import type { VaultView } from "../vault/state.ts";
import type { Gate } from "./gate.ts";
import { hashOf } from "./minter.ts";
import { notVerified } from "./refusal.ts";
import { scopeOf } from "./scope.ts";
import type { Scope } from "./scope.ts";

/** Longer than any key: what is longer is none, and is not hashed. */
const LONGEST = 256;

/** Who asks about a key, and when. */
export interface Asking {
  /** What the key of the service that asks may do; undefined for the owner, who speaks for every service. */
  readonly asker: Scope | undefined;
  /** The effective time is never earlier. */
  readonly least: number;
}

/**
 * The key that was presented to a service, if it may do what was asked; throws `DENIED`, always
 * the same. Everything is judged, also when the answer is known already, so that it takes as long
 * whatever is wrong. Nothing is used yet: the caller does that in the same synchronous step.
 */
export function verify(
  gate: Gate,
  view: VaultView,
  params: Params<"key/verify">,
  { asker, least }: Asking,
): KeyRecord {
  const { action, cost = 1, resource, service } = params;
  // By an HMAC, at which nobody can aim, it may be looked for in a time that depends on it.
  const found = view.keyOf(gate.minter.proofOf(presented(params)));
  const record = found ?? NOBODY;
  const { audience = "" } = record;
  const judged = [
    found?.proves === "sha256",
    audience !== "" && (service ?? audience) === audience,
    asker === undefined || asker.allows("verify", audience),
    stateOf(record, gate.at(least)) === "active",
    scopeOf(record).allows(action, resource),
    gate.hasRate(record, cost),
    gate.hasQuota(record, cost),
  ];
  if (judged.includes(false)) throw notVerified();
  return record;
}

const NOBODY: KeyRecord = {
  id: "",
  name: "",
  audience: "nobody",
  proof: "",
  allow: ["*:**"],
  deny: ["*:**"],
  createdAt: 0,
};

function presented({ sha256, token = "" }: Params<"key/verify">): Buffer {
  if (sha256 !== undefined) return Buffer.from(sha256, "hex");
  return hashOf(token.length > LONGEST ? "" : token);
}

import type { LeaseMethods } from "./lease-methods.ts";
import { LIMITS } from "./limits.ts";
import type { MethodEntry } from "./method-entry.ts";
import type { Params, Result } from "./methods.ts";
import { object, optional } from "./object-shape.ts";
import { boolean, integer } from "./shape.ts";
import { leaseFields, revision } from "./value-shapes.ts";

const ttl = integer(LIMITS.leaseLeastMs, LIMITS.leaseMs);
const held = object<Result<"lease/acquire">>({ ...leaseFields, ttl, revision });

/** `lease/*`, sorted. */
export const LEASE_METHODS: { readonly [M in keyof LeaseMethods]: MethodEntry<M> } = {
  "lease/acquire": {
    summary: "Takes a lease, or waits for it: one holder a name, until it ends or is released.",
    kind: "flight",
    params: object<Params<"lease/acquire">>({
      name: leaseFields.name,
      ttl,
      wait: optional(integer(0, LIMITS.leaseWaitMs)),
    }),
    result: held,
  },
  "lease/release": {
    summary: "Gives a lease back.",
    kind: "read",
    params: object<Params<"lease/release">>(leaseFields),
    result: object<Result<"lease/release">>({ released: boolean, revision }),
  },
  "lease/renew": {
    summary: "Makes a lease that still holds last for so long from now.",
    kind: "read",
    params: object<Params<"lease/renew">>({ ...leaseFields, ttl }),
    result: held,
  },
};

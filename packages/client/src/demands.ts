import type { ExpectOptions } from "./options.ts";

/** What a change demands in the turn that makes it, as it is sent. */
export function demands(options: ExpectOptions): Pick<ExpectOptions, "expect" | "lease"> {
  const { expect: demanded, lease } = options;
  return {
    ...(demanded && { expect: demanded }),
    // A lease as it was given to its holder has more than its name.
    ...(lease && { lease: { name: lease.name, token: lease.token } }),
  };
}

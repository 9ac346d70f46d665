import type { CallOptions } from "./options.ts";
import type { Params } from "./protocol/index.ts";

/** What asking for an access token takes. */
export interface TokenOptions extends CallOptions {
  /** Seconds that it must live at least. */
  readonly minTtl?: number;
  /** What it must be for. */
  readonly scopes?: readonly string[];
}

/** A refresh takes two exchanges of 10 s at most. */
const PATIENCE = "30s";

/** The params and options of `oauth/token`; `isTold`: somebody said how long calls may take. */
export function tokenCall(
  name: string,
  { minTtl, scopes, ...options }: TokenOptions,
  isTold: boolean,
): [params: Params<"oauth/token">, options: CallOptions] {
  const params = {
    name,
    ...(minTtl === undefined ? {} : { minTtl }),
    ...(scopes === undefined ? {} : { scopes }),
  };
  return [params, isTold ? options : { timeout: PATIENCE, ...options }];
}

import {
  ownProcess,
  parseParams,
  PROTOCOL,
  StrongroomError,
  VERSION,
} from "@strongroom/client/protocol";
import type { HelloResult } from "@strongroom/client/protocol";

import type { ServerContext } from "./context.ts";

/**
 * Answers `hello`: the highest common protocol is taken. Throws `INVALID` for params that are
 * none, and `PROTOCOL_MISMATCH` naming both sides.
 */
export function hello(
  params: unknown,
  context: ServerContext,
): { readonly client: string; readonly pid: number | undefined; readonly result: HelloResult } {
  const { client, protocol: theirs } = parseParams("hello", params);
  if (theirs.min > theirs.max)
    throw new StrongroomError("INVALID", "protocol.min must not be above protocol.max");
  const protocol = Math.min(theirs.max, PROTOCOL.max);
  if (protocol < Math.max(theirs.min, PROTOCOL.min)) throw mismatch(theirs, client);
  const result = { protocol, version: VERSION, state: context.state(), ...context.identity() };
  // A number of another numbering is another process here.
  const isHere = client.process?.namespace === ownProcess()?.namespace;
  return { client: client.name, pid: isHere ? client.process?.pid : undefined, result };
}

function mismatch(
  theirs: { readonly min: number; readonly max: number },
  client: { readonly name: string; readonly version: string },
): StrongroomError {
  const clientIsOlder = theirs.max < PROTOCOL.min;
  return new StrongroomError(
    "PROTOCOL_MISMATCH",
    `the client (${client.name} ${client.version}) speaks ${range(theirs)}, the daemon (strongroom ${VERSION}) speaks ${range(PROTOCOL)}`,
    {
      hint: clientIsOlder
        ? "update the client, as the daemon was: npm install -g strongroom"
        : "restart the daemon in the client's version: strongroom daemon restart",
    },
  );
}

function range({ min, max }: { readonly min: number; readonly max: number }): string {
  return min === max ? `protocol ${min}` : `protocols ${min} to ${max}`;
}

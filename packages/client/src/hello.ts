import { ownProcess, PROTOCOL, StrongroomError, VERSION } from "./protocol/index.ts";
import type { HelloParams, HelloResult } from "./protocol/index.ts";

/** What a client says first. */
export function helloParams(name: string): HelloParams {
  const process = ownProcess();
  const about = process === undefined ? {} : { process };
  return { protocol: PROTOCOL, client: { name, version: VERSION, ...about } };
}

/**
 * Judges the answer to `hello`: a daemon of another vault than `vault.json` names is refused,
 * whatever socket it was met at. `expected` is undefined while there is no `vault.json` yet.
 */
export function checkHello(hello: HelloResult, expected: string | undefined): void {
  if (hello.protocol < PROTOCOL.min || hello.protocol > PROTOCOL.max) {
    throw new StrongroomError(
      "PROTOCOL_MISMATCH",
      `the daemon (${hello.version}) speaks protocol ${hello.protocol}, this client (${VERSION}) speaks ${PROTOCOL.min} to ${PROTOCOL.max}`,
      { hint: "let both be of one version, then: strongroom daemon restart" },
    );
  }
  if (hello.vault === null || expected === undefined || hello.vault === expected) return;
  throw new StrongroomError("UNAVAILABLE", "the daemon that answers serves another vault", {
    hint: "compare vault.json with what answers: strongroom doctor",
  });
}

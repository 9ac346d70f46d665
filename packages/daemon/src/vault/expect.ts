import type { Expect } from "@strongroom/client/protocol";
import { StrongroomError } from "@strongroom/client/protocol";
import { quoted } from "./quote.ts";
import type { Secret } from "./secret.ts";
import { isLive } from "./secret.ts";

/** Refuses when a name is not as demanded: `ALREADY_EXISTS`, or `CONFLICT` with what stands. */
export function demand(
  expect: Expect | undefined,
  name: string,
  secret: Secret | undefined,
  at: number,
): void {
  if (expect === undefined) return;
  const stands = isLive(secret, at) ? secret.version : 0;
  if ("absent" in expect) {
    if (stands === 0) return;
    throw new StrongroomError("ALREADY_EXISTS", `there is a secret named ${quoted(name)}`, {
      hint: "strongroom get NAME reads it; leave out the condition to replace it",
    });
  }
  if (stands === expect.version) return;
  const found = stands === 0 ? "is absent" : `is at version ${stands}`;
  throw new StrongroomError(
    "CONFLICT",
    `the secret ${quoted(name)} ${found}, not at version ${expect.version}`,
    { version: stands, hint: "read it again, then repeat the change with the version that stands" },
  );
}

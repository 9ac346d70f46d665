import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "./client.ts";
import type { CallOptions } from "./options.ts";
import { StrongroomError } from "./protocol/index.ts";
import type { Expect, Result } from "./protocol/index.ts";
import type { Secret } from "./secret.ts";

/**
 * What a name's value shall become, given what it is; undefined when there is none. It is
 * called again when somebody else was quicker, so it must do nothing besides computing.
 */
export type Compute = (
  current: Secret | undefined,
) => Promise<string | Uint8Array> | string | Uint8Array;

const TRIES = 1000;
const LONGEST_PAUSE_MS = 64;

/**
 * Reads a name, computes its new value and writes it if nobody wrote between, else begins again
 * after a jittered pause. Keeps the metadata. Resolves with the version that it wrote; rejects
 * with `CONFLICT` when others were quicker a thousand times.
 */
export async function update(
  client: Client,
  name: string,
  compute: Compute,
  options: CallOptions,
): Promise<Result<"secret/set">> {
  for (let attempt = 1; ; attempt += 1) {
    const current = await getIfThere(client, name, options);
    const value = await compute(current);
    const demanded: Expect =
      current === undefined ? { absent: true } : { version: current.version };
    const metadata = current === undefined ? {} : { metadata: current.metadata };
    try {
      return await client.set(name, value, { ...options, ...metadata, expect: demanded });
    } catch (error) {
      if (!isBeaten(error) || attempt === TRIES) throw error;
      const longest = Math.min(2 ** attempt, LONGEST_PAUSE_MS);
      await pause(Math.random() * longest, undefined, options.signal && { signal: options.signal });
    }
  }
}

async function getIfThere(
  client: Client,
  name: string,
  options: CallOptions,
): Promise<Secret | undefined> {
  try {
    return await client.get(name, options);
  } catch (error) {
    if (error instanceof StrongroomError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

function isBeaten(error: unknown): boolean {
  return (
    error instanceof StrongroomError &&
    (error.code === "CONFLICT" || error.code === "ALREADY_EXISTS")
  );
}

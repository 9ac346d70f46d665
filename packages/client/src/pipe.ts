import { join } from "node:path";
import { dialAt } from "./dial.ts";
import type { Dialled } from "./dial.ts";
import { prove } from "./prove.ts";
import { PIPE_SECRET_NAME, readPipeSecret, readRecord } from "./protocol/index.ts";
import { RECORD_NAME, StrongroomError } from "./protocol/index.ts";
import type { Home } from "./protocol/index.ts";

/** A pipe of this machine: of another one's, Windows would say who we are before we know who it is. */
const LOCAL_PIPE = /^\\\\\.\\pipe\\strongroom-[0-9a-f]{32}$/;

/** Tries the pipe of a home's record, as `dial` does the sockets of other systems. */
export async function dialPipe(home: Home): Promise<Dialled> {
  const endpoint = readRecord(join(home.vault, RECORD_NAME))?.endpoint;
  if (endpoint === undefined || !LOCAL_PIPE.test(endpoint)) return { kind: "nobody" };
  return dialProved(endpoint, join(home.vault, PIPE_SECRET_NAME));
}

/**
 * Connects to an endpoint whose daemon has put a secret into a file, once both have proved that
 * they know it. One that does not is nobody: it may have taken the name of a daemon that is gone,
 * and the next daemon has another name.
 */
export async function dialProved(endpoint: string, secretPath: string): Promise<Dialled> {
  const secret = readPipeSecret(secretPath);
  if (secret === undefined) return { kind: "nobody" };
  const dialled = await dialAt(endpoint);
  if (dialled.kind !== "connected") return dialled;
  const outcome = await prove(dialled.socket, endpoint, secret);
  if (outcome === "proved") return dialled;
  return outcome === "lost"
    ? { kind: "nobody" }
    : { kind: "nobody", stranger: strangerAt(endpoint) };
}

function strangerAt(endpoint: string): StrongroomError {
  return new StrongroomError(
    "DENIED",
    `who listens at ${endpoint} does not know the secret of the daemon that made it`,
    {
      hint: "another program may have taken the name of a daemon that is gone; start one: strongroom daemon start",
    },
  );
}

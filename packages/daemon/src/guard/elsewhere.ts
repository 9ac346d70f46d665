import { connect } from "node:net";
import { join } from "node:path";
import {
  bootId,
  readRecord,
  RECORD_NAME,
  shellWord,
  StrongroomError,
} from "@strongroom/client/protocol";
import { pidNamespace } from "./process-identity.ts";
import type { ProcessPlace } from "@strongroom/client/protocol";

/** How long a connection may take: the kernel makes it, not the daemon. */
const CONNECT_MS = 5000;

/** What can be known of a daemon whose processes are not seen from here: in another container. */
export type Elsewhere =
  | { readonly kind: "alive" | "none" }
  | { readonly kind: "gone"; readonly owner: ProcessPlace };

/**
 * Asks the socket of a record whether its daemon lives, where the number of its process says
 * nothing: on one machine, nobody listens at the socket of a dead one. Throws `UNAVAILABLE` when
 * that socket cannot be seen from here either.
 */
export async function lookElsewhere(vault: string): Promise<Elsewhere> {
  const record = readRecord(join(vault, RECORD_NAME));
  if (record === undefined) return { kind: "none" };
  const { endpoint, namespace, pid } = record;
  const isSameMachine = record.bootId !== null && record.bootId === bootId();
  if (!isSameMachine || namespace === null || namespace === pidNamespace()) return { kind: "none" };
  const met = await connecting(endpoint);
  if (met === "connected") return { kind: "alive" };
  if (met === "ECONNREFUSED") return { kind: "gone", owner: { pid, namespace } };
  throw inUse(vault, `process ${pid} of another container`);
}

/** The refusal of a vault that may be in use where nobody can look from here. */
export function inUse(vault: string, owner: string): StrongroomError {
  return new StrongroomError(
    "UNAVAILABLE",
    `${vault} may be in use by ${owner}, which cannot be seen from here, and no kernel lock is to be had: there is no flock`,
    {
      hint: `install flock (of util-linux or busybox) there and here; when nothing runs there: rm -f ${shellWord(join(vault, RECORD_NAME))} ${shellWord(join(vault, ".lock"))}.0*`,
    },
  );
}

function connecting(endpoint: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(endpoint);
    const end = (how: string): void => {
      socket.destroy();
      resolve(how);
    };
    socket.setTimeout(CONNECT_MS, () => end("connected"));
    socket.once("connect", () => end("connected"));
    socket.on("error", (error: NodeJS.ErrnoException) => end(error.code ?? "unknown"));
  });
}

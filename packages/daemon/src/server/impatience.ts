import { LIMITS } from "@strongroom/client/protocol";
import type { RequestReader } from "@strongroom/client/protocol";
import type { Connection } from "./connection.ts";
import type { Limit } from "./patience.ts";
import type { Session } from "./session.ts";
import type { Unsent } from "./unsent.ts";

/** Why a connection was ended by its patience. */
export type Impatience = "frame-incomplete" | "hello-missing" | "idle" | "not-reading" | "retired";

/** Milliseconds of silence after which a connection ends whose API key has ended. */
const RETIRED_MS = 1000;

/** What a connection is looked at for. */
interface Looked {
  readonly connection: Pick<Connection, "inFlight" | "isGreeted">;
  readonly session: Pick<Session, "isRetired">;
  readonly unsent: Pick<Unsent, "progress">;
}

/** What must not stay as it is for long on a connection. */
export function limitsOf(
  reader: Pick<RequestReader, "frames" | "partial" | "paused" | "received">,
  { connection, session, unsent }: Looked,
): readonly Limit<Impatience>[] {
  const silent = (): number | undefined =>
    connection.inFlight === 0 ? reader.received : undefined;
  return [
    {
      name: "hello-missing",
      ms: LIMITS.helloMs,
      progress: () => (reader.received === 0 && !connection.isGreeted ? 0 : undefined),
    },
    {
      name: "frame-incomplete",
      ms: LIMITS.incompleteFrameMs,
      progress: () => (reader.partial && !reader.paused ? reader.frames : undefined),
    },
    { name: "idle", ms: LIMITS.idleConnectionMs, progress: silent },
    { name: "not-reading", ms: LIMITS.stalledClientMs, progress: () => unsent.progress() },
    {
      name: "retired",
      ms: RETIRED_MS,
      progress: () => (session.isRetired ? silent() : undefined),
    },
  ];
}

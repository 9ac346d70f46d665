import type { Client } from "./client.ts";
import type { CallOptions } from "./options.ts";
import { StrongroomError } from "./protocol/index.ts";
import type { LeaseRef } from "./protocol/index.ts";
import type { Session } from "./session.ts";

/** How long a lease lasts when nobody renews it, milliseconds. */
const TTL_MS = 30_000;
/** How long somebody waits for one. */
const WAIT_MS = 30_000;
/** An answer that says that the wait was in vain takes a moment, too. */
const ANSWER_MS = 10_000;
/** A connection that is silent for longer may be closed. */
const SILENCE_MS = 20_000;

/** What `withLease` takes. */
export interface LeaseOptions extends Pick<CallOptions, "signal"> {
  /** Milliseconds that it lasts when this process is gone or stands still; 30 s unless told. */
  readonly ttl?: number;
  /** Milliseconds to wait for it, 30 s unless told; then `CONFLICT`. */
  readonly timeout?: number;
}

/** A lease that is held. */
export interface Lease extends LeaseRef {
  /** Aborted when it does not hold any more: what is not done by then is another's to do. */
  readonly signal: AbortSignal;
}

/** What is done under a lease. */
export type LeaseWork<T> = (lease: Lease) => Promise<T> | T;

/**
 * Runs `work` while a lease holds, as nobody else with that name does, in whatever process. It is
 * renewed at a third of its time, and given back when `work` has ended, however. A change that
 * carries the lease (`set(name, value, { lease })`) is refused with `CONFLICT` when it is lost.
 */
export async function withLease<T>(
  client: Client,
  session: Pick<Session, "lost">,
  name: string,
  work: LeaseWork<T>,
  options: LeaseOptions = {},
): Promise<T> {
  const { signal, timeout: wait = WAIT_MS, ttl = TTL_MS } = options;
  const asking = { timeout: wait + ANSWER_MS, ...(signal && { signal }) };
  const { token } = await client.call("lease/acquire", { name, ttl, wait }, asking);
  const held: LeaseRef = { name, token };
  const lost = new AbortController();
  void session.lost().then(() => lost.abort(notHeld()));
  const stop = keep(client, held, ttl, lost);
  try {
    return await work({ ...held, signal: lost.signal });
  } finally {
    stop();
    // Where it cannot be given back it ends by itself.
    if (!lost.signal.aborted) await client.call("lease/release", held).catch(() => undefined);
  }
}

/** Renews a lease until the returned function is called, or it is lost. */
function keep(client: Client, held: LeaseRef, ttl: number, lost: AbortController): () => void {
  const third = Math.min(ttl / 3, SILENCE_MS);
  let until = performance.now() + ttl;
  let timer: NodeJS.Timeout | undefined;
  let isDone = false;
  const renew = async (): Promise<void> => {
    const asked = performance.now();
    try {
      await client.call("lease/renew", { ...held, ttl }, { timeout: Math.max(1, until - asked) });
      until = asked + ttl;
    } catch (error) {
      const isOver = performance.now() >= until;
      if (isOver || (error instanceof StrongroomError && error.code === "CONFLICT")) {
        lost.abort(notHeld());
      }
    }
    if (!isDone && !lost.signal.aborted) timer = setTimeout(() => void renew(), third).unref();
  };
  timer = setTimeout(() => void renew(), third).unref();
  return () => {
    isDone = true;
    clearTimeout(timer);
  };
}

function notHeld(): StrongroomError {
  return new StrongroomError("CONFLICT", "this lease does not hold any more", {
    hint: "acquire it anew, and begin again from what stands then",
  });
}

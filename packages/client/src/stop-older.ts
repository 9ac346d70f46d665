import { Deadline } from "./deadline.ts";
import { Link } from "./link.ts";
import { look } from "./look.ts";
import { unanswered } from "./outcome.ts";
import { PROTOCOL, VERSION } from "./protocol/index.ts";
import type { Home, PathEnvironment } from "./protocol/index.ts";

/** No release speaks more; `hello` and `daemon/stop` are the same in every protocol. */
const ANY = 1_000_000;
const PATIENCE_MS = 5000;

/**
 * Asks the daemon of a home to stop when it speaks none but earlier protocols than this client: what
 * an upgrade leaves running. False, and nothing is done, when that is not so: an earlier client
 * never ends a later daemon. The process that was met is its number.
 */
export async function stopOlder(home: Home, env: PathEnvironment): Promise<number | false> {
  const dialled = await look(home, env, false);
  if (dialled.kind !== "connected") return false;
  const link = new Link(dialled.socket);
  const deadline = new Deadline(PATIENCE_MS);
  const late = (): ReturnType<typeof unanswered> => unanswered("hello", PATIENCE_MS);
  try {
    const client = { name: "strongroom-sdk", version: VERSION };
    const hello = { protocol: { min: 1, max: ANY }, client };
    const { protocol } = await link.call("hello", hello, deadline, late);
    if (protocol >= PROTOCOL.min) return false;
    const { pid } = await link.call("vault/status", {}, deadline, late);
    await link.call("daemon/stop", {}, deadline, late);
    return pid;
  } finally {
    link.close();
  }
}

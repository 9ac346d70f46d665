// One of several long-lived processes that contend for a vault, round after round. It tells its
// parent whether it won, and binds a canary that knows nothing of the protocol under test.
import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { join } from "node:path";
import { tryFallback } from "@strongroom/daemon/src/guard/lock.ts";
import { Ownership } from "@strongroom/daemon/src/guard/ownership.ts";
import { lockVault } from "@strongroom/daemon/src/guard/start.ts";
import { tryGenerationLock } from "@strongroom/daemon/src/guard/generation-lock.ts";
import { resolveHome } from "@strongroom/client/protocol";

type Giving = () => void | Promise<void>;
/** How to contend; resolves to how the prize is given back, or undefined for a loser. */
type Protocol = (root: string) => Promise<Giving | undefined>;

const protocols: { readonly [name: string]: Protocol } = {
  guard: async (root) => {
    const home = resolveHome({ STRONGROOM_HOME: root });
    const locked = await lockVault(home, true);
    if (locked === "already-running") return undefined;
    const ownership = new Ownership({
      home,
      env: {},
      locked,
      attach: (server) =>
        server.on("connection", (socket) => socket.on("error", () => undefined).end()),
    });
    await ownership.publish((error) => {
      throw error;
    });
    return async () => {
      await ownership.endpoint.close();
      await ownership.release();
    };
  },
  fallback: async (root) => {
    const lock = await tryFallback(join(root, "vault"));
    return lock === "held" ? undefined : () => lock.release();
  },
  generations: async (root) => {
    const lock = tryGenerationLock(join(root, "vault/.lock"));
    if (lock === "unsupported") throw new TypeError("generations are always supported");
    return lock === "held" ? undefined : () => lock.release();
  },
  // The subject of comparison: what an oracle that sees anything must catch.
  naive: async (root) => {
    const path = join(root, "vault/daemon.pid");
    for (let tries = 0; tries < 20; tries += 1) {
      try {
        const file = openSync(path, "wx");
        writeSync(file, `${process.pid}`);
        closeSync(file);
        return () => unlinkSync(path);
      } catch {
        if (holderLives(path)) return undefined;
        try {
          unlinkSync(path);
        } catch {
          // Somebody else removed it.
        }
      }
    }
    return undefined;
  },
};

function holderLives(path: string): boolean {
  try {
    process.kill(Number(readFileSync(path, "utf8")) || 999_999_999, 0);
    return true;
  } catch {
    return false;
  }
}

function bindCanary(name: string): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen(`\0canary-${name}`, () => resolve(server));
  });
}

interface Start {
  readonly root: string;
  readonly round: string;
  readonly at: number;
}

const protocol = protocols[process.argv[2] ?? ""];
if (protocol === undefined) throw new TypeError("no such protocol");
process.umask(0o077);
let giveBack: Giving | undefined;
let canary: Server | undefined;

async function contend({ root, round, at }: Start): Promise<void> {
  if (protocol === undefined) return;
  // All wake at one instant; what sleeps is never that exact.
  while (performance.timeOrigin + performance.now() < at);
  giveBack = await protocol(root);
  if (giveBack === undefined) {
    process.send?.({ verdict: "lost" });
    return;
  }
  canary = await bindCanary(round);
  process.send?.({ verdict: canary === undefined ? "second owner" : "won" });
}

async function finish(): Promise<void> {
  await new Promise<void>((resolve) => {
    if (canary === undefined) resolve();
    else canary.close(() => resolve());
  });
  try {
    await giveBack?.();
  } catch {
    // A second owner of a broken protocol finds its file gone.
  }
  giveBack = undefined;
  canary = undefined;
  process.send?.({ verdict: "finished" });
}

function failed(error: unknown): void {
  process.send?.({ verdict: `failed: ${error instanceof Error ? error.stack : "?"}` });
}

process.on("message", (message: Start | "finish") => {
  if (message === "finish") finish().catch(failed);
  else contend(message).catch(failed);
});
process.on("disconnect", () => process.exit());
process.send?.({ verdict: "ready" });

import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  encodeFrame,
  FrameDecoder,
  resolveHome,
  socketCandidates,
  vaultIdentity,
} from "@strongroom/client/protocol";
import { Patience } from "@strongroom/client/src/patience.ts";
import { Session } from "@strongroom/client/src/session.ts";
import { expect, it, onTestFinished } from "vitest";

interface Asked {
  readonly id: number;
  readonly method: string;
}

const HELLO = { protocol: 1, version: "0.1.0", vault: null, state: "open", revision: 1 };

/** A session with a daemon that greets, and answers whatever else is asked with this refusal. */
async function refusedBy(code: string): Promise<{ session: Session; asked: () => number }> {
  const root = mkdtempSync(join(tmpdir(), "sr-"));
  const home = resolveHome({ STRONGROOM_HOME: root });
  const env = { STRONGROOM_HOME: root, HOME: root };
  mkdirSync(home.vault, { mode: 0o700 });
  const [path = ""] = socketCandidates(home, vaultIdentity(realpathSync(home.vault)), env);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let count = 0;
  const server = createServer((socket) => {
    const decoder = new FrameDecoder(1_000_000);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      for (const body of decoder.push(chunk)) {
        const { id, method } = JSON.parse(String(body)) as Asked;
        const error = { code: -32_000, message: "not now", data: { code } };
        const answer = method === "hello" ? { result: HELLO } : { error };
        count += Number(method !== "hello");
        socket.write(encodeFrame(JSON.stringify({ jsonrpc: "2.0", id, ...answer })));
      }
    });
  }).listen(path);
  await once(server, "listening");
  chmodSync(path, 0o600);
  const target = { home, env, autostart: false, create: true, anyDaemon: true, daemon: undefined };
  const session = new Session(target, "test");
  onTestFinished(() => {
    session.close();
    server.close();
    rmSync(root, { recursive: true, force: true });
  });
  return { session, asked: () => count };
}

it("a session tells that a daemon is busy when its time is over, and not one try later", async () => {
  const { asked, session } = await refusedBy("BUSY");
  const patience = new Patience({ ms: 500, asked: false });
  const get = session.request("secret/get", { name: "a" }, true, patience);
  await expect(get).rejects.toMatchObject({ code: "BUSY" });
  expect(asked()).toBeGreaterThan(3);
});

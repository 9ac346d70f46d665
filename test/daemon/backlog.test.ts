import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeWhenEmpty } from "@strongroom/daemon/src/backlog.ts";
import { expect, it, onTestFinished } from "vitest";

it("a server that closes when empty accepts whoever had connected", async () => {
  const folder = mkdtempSync(join(tmpdir(), "backlog-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "s");
  const server = createServer((socket) => socket.end("served"));
  server.listen({ path, backlog: 128 });
  await once(server, "listening");
  // The kernel has all of them before the loop turns once.
  const clients = Array.from({ length: 60 }, () => connect(path));
  const served = clients.map(async (client) => {
    const [bytes] = (await once(client, "data")) as [Buffer];
    return bytes.toString();
  });
  const closed = once(server, "close");
  await closeWhenEmpty(server);
  expect(server.listening).toBe(false);
  expect(new Set(await Promise.all(served))).toEqual(new Set(["served"]));
  await closed;
});

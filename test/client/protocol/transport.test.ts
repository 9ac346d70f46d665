import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, createConnection } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  encodeFrame,
  InFlight,
  LIMITS,
  ReplyReader,
  RequestReader,
  RequestWriter,
  WireError,
} from "@strongroom/client/protocol";
import { expect, onTestFinished, test } from "vitest";
import { createMessageConnection, MessageReader, MessageWriter } from "vscode-jsonrpc/node";

import { request } from "../../support/raw-client.ts";

/** Two ends of a Unix socket. */
async function pair(): Promise<{ readonly near: Socket; readonly far: Socket }> {
  const folder = await mkdtemp(join(tmpdir(), "strongroom-pair-"));
  const server = createServer().listen(join(folder, "s"));
  const near = createConnection(join(folder, "s"));
  const [far] = (await once(server, "connection")) as [Socket];
  far.on("error", () => {});
  onTestFinished(async () => {
    near.destroy();
    far.destroy();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { near, far };
}

test("readers and writers are what vscode-jsonrpc takes for its own", async () => {
  const { near } = await pair();
  expect(MessageReader.is(new ReplyReader(near))).toBe(true);
  expect(MessageWriter.is(new RequestWriter(near))).toBe(true);
});

test("a reply that is none destroys the client's socket and rejects what is pending", async () => {
  for (const bytes of [
    encodeFrame("canary"),
    encodeFrame('{"jsonrpc":"2.0","id":0}'),
    Buffer.from(`Content-Length: ${LIMITS.replyBytes + 1}\r\n\r\n`),
  ]) {
    const { near, far } = await pair();
    const rpc = createMessageConnection(new ReplyReader(near), new RequestWriter(near));
    const faults: Error[] = [];
    rpc.onError(([error]) => faults.push(error));
    rpc.onClose(() => rpc.dispose());
    rpc.listen();
    const pending = rpc.sendRequest("vault/status", {});
    far.write(bytes);
    await expect(pending).rejects.toThrow("disposed");
    expect(faults).toHaveLength(1);
    expect(faults[0]).toBeInstanceOf(WireError);
    expect(String(faults[0])).not.toContain("canary");
  }
});

test("a request above 2 MiB is refused before a byte is sent", async () => {
  const { near, far } = await pair();
  const writer = new RequestWriter(near);
  const large = { jsonrpc: "2.0", id: 1, method: "m", params: { a: "x".repeat(2_097_152) } };
  await expect(writer.write(large)).rejects.toThrow("larger than 2097152 bytes");
  await writer.write({ jsonrpc: "2.0" });
  const [chunk] = (await once(far, "data")) as [Buffer];
  expect(chunk.toString()).toBe('Content-Length: 17\r\n\r\n{"jsonrpc":"2.0"}');
});

test("a writer whose socket is gone rejects with a code and no message text", async () => {
  const { near } = await pair();
  near.destroy();
  const written = new RequestWriter(near).write({ jsonrpc: "2.0" });
  await expect(written).rejects.toThrow("refused by the wire guard: closed");
});

test("a held reader delivers nothing, and all of it in order when it is released", async () => {
  const { near, far } = await pair();
  const reader = new RequestReader(far, new InFlight());
  const methods: unknown[] = [];
  reader.listen((message) => methods.push((message as unknown as { method: string }).method));
  reader.hold();
  near.write(
    Buffer.concat(["a", "b", "c"].map((m, id) => encodeFrame(JSON.stringify(request(id, m))))),
  );
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  expect(methods).toEqual([]);
  reader.release();
  while (methods.length < 3)
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  expect(methods).toEqual(["a", "b", "c"]);
});

test("of one connection eight requests at most are delivered before others have their turn", async () => {
  const { near, far } = await pair();
  const reader = new RequestReader(far, new InFlight());
  const runs: number[] = [];
  let run = 0;
  reader.listen(() => {
    if (run === 0) {
      queueMicrotask(() => {
        runs.push(run);
        run = 0;
      });
    }
    run += 1;
  });
  const requests = Array.from({ length: 20 }, (_, id) =>
    encodeFrame(JSON.stringify(request(id, "a"))),
  );
  near.write(Buffer.concat(requests));
  while (runs.reduce((sum, each) => sum + each, 0) < 20) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  expect(Math.max(...runs)).toBeLessThanOrEqual(8);
});

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { Deadline } from "@strongroom/client/src/deadline.ts";
import { ConnectionLost, Link } from "@strongroom/client/src/link.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const late = (): StrongroomError => new StrongroomError("TIMEOUT", "no answer");

describe("a link", () => {
  let folder: string;
  let server: Server;
  let socket: Socket;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "sr-"));
    server = createServer(() => {}).listen(join(folder, "s"));
    await once(server, "listening");
    socket = connect(join(folder, "s"));
    await once(socket, "connect");
  });

  afterEach(() => {
    socket.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("counts as closed as soon as its socket is destroyed, before any event says so", async () => {
    const link = new Link(socket);
    expect(link.closed).toBe(false);
    socket.destroy();
    expect(link.closed).toBe(true);
    const call = link.call("vault/status", {}, new Deadline(5000), late);
    await expect(call).rejects.toBeInstanceOf(ConnectionLost);
  });

  it("rejects what waits when it is closed", async () => {
    const link = new Link(socket);
    const call = link.call("vault/status", {}, new Deadline(5000), late);
    link.close();
    await expect(call).rejects.toBeInstanceOf(ConnectionLost);
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connecting } from "@strongroom/daemon/src/guard/connecting.ts";
import { expect, it, onTestFinished } from "vitest";

it.runIf(process.platform === "linux")(
  "finds somebody at a socket where nobody more can wait, and nobody when its process is gone",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "sr-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "x.sock");
    const program = `require("node:net").createServer().listen({ path: process.argv[1], backlog: 1 }, () => console.log("there"))`;
    const server = spawn(process.execPath, ["-e", program, path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void server.kill("SIGKILL"));
    await once(server.stdout, "data");
    expect(await connecting(path)).toBe("connected");
    server.kill("SIGSTOP");
    const refusals = new Set<string | undefined>();
    for (let waiting = 0; waiting < 8 && refusals.size === 0; waiting += 1) {
      const client = connect(path);
      onTestFinished(() => void client.destroy());
      await new Promise<void>((resolve) => {
        client.once("connect", () => resolve());
        client.on("error", ({ code }: NodeJS.ErrnoException) => {
          refusals.add(code);
          resolve();
        });
      });
    }
    expect([...refusals]).toEqual(["EAGAIN"]);
    expect(await connecting(path)).toBe("connected");
    server.kill("SIGKILL");
    await once(server, "exit");
    expect(await connecting(path)).toBe("ECONNREFUSED");
  },
);

import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { SupervisorAsker } from "@strongroom/client/src/ask-supervisor.ts";
import { resolveHome } from "@strongroom/client/protocol";
import { describe, expect, it, onTestFinished } from "vitest";

async function listening(): Promise<{ socket: string; home: ReturnType<typeof resolveHome> }> {
  const root = mkdtempSync(join(tmpdir(), "sr-"));
  chmodSync(root, 0o700);
  const socket = join(root, "a.unit.sock");
  // As systemd does it for a daemon that ends at once.
  const server = createServer((connection) => connection.destroy());
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => {
    server.close();
    rmSync(root, { recursive: true, force: true });
  });
  return { socket, home: resolveHome({ STRONGROOM_HOME: root }) };
}

describe.skipIf(process.platform === "win32")("a client that asks systemd for a daemon", () => {
  it("is given a connection, and one whose daemon ends at its start is not started for ever", async () => {
    const { home, socket } = await listening();
    const asker = new SupervisorAsker(home, {});
    const supervision = { kind: "systemd", unit: "strongroom", socket, vault: "/v" } as const;
    for (let round = 0; round < 3; round += 1) {
      const met = await asker.ask(supervision);
      expect(met).toBeDefined();
      met?.destroy();
    }
    await expect(asker.ask(supervision)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      hint: expect.stringContaining("journalctl --user -n 20 -u strongroom.service") as string,
    });
  });

  it("waits for a socket that is loaded anew, and then says what goes on", async () => {
    const { home, socket } = await listening();
    let now = 0;
    const asker = new SupervisorAsker(home, {}, () => now);
    const absent = {
      kind: "systemd",
      unit: "strongroom",
      vault: "/v",
      socket: `${socket}.none`,
    } as const;
    expect(await asker.ask(absent)).toBeUndefined();
    now = 1999;
    expect(await asker.ask(absent)).toBeUndefined();
    now = 2000;
    await expect(asker.ask(absent)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("service.json") as string,
      hint: expect.stringContaining("strongroom service install; where") as string,
    });
  });
});

describe.skipIf(process.platform !== "linux")(
  "a client that has a program start the daemon",
  () => {
    it("says what goes on where that program fails, and asks it once", async () => {
      const { home } = await listening();
      mkdirSync(home.run, { recursive: true, mode: 0o700 });
      const asker = new SupervisorAsker(home, {});
      const supervision = { kind: "windows", unit: "strongroom", vault: "/v" } as const;
      await expect(
        (async () => {
          for (;;) {
            expect(await asker.ask(supervision)).toBeUndefined();
            await setTimeout(5);
          }
        })(),
      ).rejects.toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringContaining("schtasks /run /tn strongroom: ENOENT") as string,
        hint: expect.stringContaining("strongroom service install") as string,
      });
    });
  },
);

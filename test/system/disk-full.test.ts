import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { connect, StrongroomError, type Client } from "@strongroom/client";
import { expect, test } from "vitest";
import { discard, startDaemon, temporaryHome, until } from "../support/processes.ts";
import { fill, noSmallDisk } from "../support/small-disk.ts";

const refusal = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof StrongroomError ? error.code : String(error)),
  );

test.skipIf(noSmallDisk !== undefined)(
  `a full disk stops only what grows, a reopen serves read-only, and space returned is used again${noSmallDisk === undefined ? "" : ` (skipped: ${noSmallDisk})`}`,
  async () => {
    const mount = temporaryHome();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=48m", "tmpfs", mount]);
    const home = join(mount, "home");
    mkdirSync(home, { mode: 0o700 });
    const ballast = join(mount, "ballast");
    try {
      const daemon = await startDaemon(home);
      const client = await connect({ home, autostart: false, timeout: "20s" });
      await client.set("kept", "the value");
      await client.set("doomed", "another value");
      fill(ballast);
      const block = "x".repeat(200_000);
      let code = "done";
      let stored = 0;
      while (code === "done" && stored < 200) {
        code = await refusal(client.set(`filler/${stored}`, block));
        if (code === "done") stored += 1;
      }
      expect(code).toBe("DISK_FULL");
      expect((await client.get("kept")).text()).toBe("the value");
      for (let n = 0; n < stored; n += 1) {
        expect((await client.get(`filler/${n}`)).text()).toBe(block);
      }
      expect(await refusal(client.delete("doomed"))).toBe("done");
      expect(await refusal(client.set("filler/more", block))).toBe("DISK_FULL");

      const gone = once(daemon, "exit");
      daemon.kill("SIGKILL");
      await gone;
      // What the dead daemon's record and the sweep of its files gave back is filled up again.
      fill(join(mount, "more-ballast"));
      // On a full disk there may be no record, so the socket is what tells that it serves.
      startDaemon(home, []).catch(() => undefined);
      let found: Client | undefined;
      await until("a daemon on the full disk", async () => {
        found = await connect({ home, autostart: false, timeout: "20s" }).catch(() => undefined);
        return found !== undefined;
      });
      const later = found!;
      await until("read-only", async () => (await later.status()).state === "read-only");
      expect((await later.get("kept")).text()).toBe("the value");
      expect(await refusal(later.get("doomed"))).toBe("NOT_FOUND");
      expect(await refusal(later.set("new", "value"))).toBe("READ_ONLY");

      rmSync(ballast);
      await until("writes", async () => (await refusal(later.set("new", "value"))) === "done");
      expect((await later.get("new")).text()).toBe("value");
      expect((await later.status()).state).toBe("open");
      client.close();
      later.close();
    } finally {
      await discard(home);
      spawnSync("umount", ["-l", mount]);
      rmSync(mount, { recursive: true, force: true });
    }
  },
  120_000,
);

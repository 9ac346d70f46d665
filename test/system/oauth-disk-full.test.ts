import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { connect, StrongroomError } from "@strongroom/client";
import { expect, onTestFinished, test } from "vitest";
import { putExpired } from "../support/oauth/granted.ts";
import { startRig } from "../support/oauth/rig.ts";
import { cli, discard, startDaemon, temporaryHome } from "../support/processes.ts";
import { fill, noSmallDisk } from "../support/small-disk.ts";

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "done",
    (error: unknown) => (error instanceof StrongroomError ? error.code : String(error)),
  );
}

test.skipIf(noSmallDisk !== undefined)(
  `a disk that is full when the tokens come is an error, and the next daemon says what is open${noSmallDisk === undefined ? "" : ` (skipped: ${noSmallDisk})`}`,
  { timeout: 120_000 },
  async () => {
    const rig = await startRig();
    onTestFinished(() => rig.close());
    const mount = temporaryHome();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=48m", "tmpfs", mount]);
    const home = join(mount, "home");
    mkdirSync(home, { mode: 0o700 });
    const ballast = join(mount, "ballast");
    try {
      const daemon = await startDaemon(home);
      const client = await connect({ home, autostart: false, timeout: "60s" });
      const grant = await rig.grant("alice");
      await putExpired(client, "mcp/a", grant);
      for (let n = 0; n < 1000; n += 1) await client.set(`doomed/${n}`, "");
      let isFilled = false;
      // While the server has the token: all room, and what is kept for giving room back, too.
      rig.hold(async () => {
        if (isFilled) return;
        isFilled = true;
        fill(ballast);
        for (const length of [200_000, 2000, 1]) {
          const value = "x".repeat(length);
          for (let n = 0; (await codeOf(client.set(`filler/${length}/${n}`, value))) === "done";)
            n += 1;
        }
        for (let n = 0; n < 1000; n += 1) {
          if ((await codeOf(client.delete(`doomed/${n}`))) !== "done") return;
        }
      });
      expect(await codeOf(client.token("mcp/a"))).toBe("DISK_FULL");
      expect(await rig.counts()).toMatchObject({ redemptions: 1, mostOfOne: 1 });

      const gone = once(daemon, "exit");
      daemon.kill("SIGKILL");
      await gone;
      rmSync(ballast);
      const next = await startDaemon(home);
      let said = "";
      next.stderr?.on("data", (chunk: Buffer) => (said += String(chunk)));
      const doctor = await cli(home, ["oauth", "doctor"]);
      expect(doctor.stdout).toMatch(
        /^mcp\/a: ok: it is not known what became of flight [0-9a-f]{16}:/,
      );
      const later = await connect({ home, autostart: false, timeout: "60s" });
      await expect(later.token("mcp/a")).rejects.toMatchObject({
        code: "REAUTHORIZE",
        message: expect.stringMatching(/flight [0-9a-f]{16}/),
      });
      expect((await rig.counts()).mostOfOne).toBe(2);
      expect(said).toContain("an OAuth refresh was begun and never finished");
      expect(said).not.toContain("mcp/a");
      client.close();
      later.close();
    } finally {
      await discard(home);
      spawnSync("umount", ["-l", mount]);
      rmSync(mount, { recursive: true, force: true });
    }
  },
);

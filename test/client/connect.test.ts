import { once } from "node:events";
import { chmodSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { vaultIdentity } from "@strongroom/client/protocol";
import { describe, expect, it, onTestFinished } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import { startDaemon } from "../support/processes.ts";

const ALLOWED =
  /^(?:HOME|USER|LOGNAME|LANG|LC_\w+|TZ|XDG_\w+|TMPDIR|DBUS_SESSION_BUS_ADDRESS|DISPLAY|WAYLAND_DISPLAY|STRONGROOM_HOME|LOG_LEVEL|PATH)$/;

describe("connect", () => {
  it("starts nothing, and makes no folder, where there is no vault to read", async () => {
    const place = throwaway();
    await expect(connected(place, { create: false })).rejects.toMatchObject({
      code: "NOT_FOUND",
      hint: expect.stringContaining("strongroom init") as string,
    });
    expect(readdirSync(place.home)).toEqual([]);
  });

  it("starts a daemon and lets a vault be born when it may, and finds that daemon again", async () => {
    const place = throwaway();
    const first = await connected(place);
    await first.set("a", "1");
    expect(first.created).toBe(true);
    const second = await connected(place, { create: false });
    expect((await second.get("a")).text()).toBe("1");
    expect(second.created).toBe(false);
    expect((await second.status()).pid).toBe((await first.status()).pid);
  });

  it.runIf(process.platform === "linux")(
    "starts it with the allowed variables alone, and so that no dump shows its memory",
    async () => {
      const place = throwaway();
      const env = { ...place.env, LC_ALL: "C", NODE_OPTIONS: "--no-warnings", TOKEN: "canary" };
      const { pid } = await (await connected(place, { env })).status();
      const of = (file: string): string => readFileSync(`/proc/${pid}/${file}`, "utf8");
      const names = of("environ")
        .split("\0")
        .flatMap((variable) => (variable === "" ? [] : [variable.split("=")[0]]));
      expect(names).toEqual(expect.arrayContaining(["LC_ALL", "PATH", "STRONGROOM_HOME"]));
      expect(names.filter((name) => !ALLOWED.test(name ?? ""))).toEqual([]);
      expect(of("limits")).toMatch(/^Max core file size +0 +0 /m);
      expect(Number.parseInt(of("coredump_filter"), 16)).toBe(0);
    },
  );

  it("starts none when it may not", async () => {
    const place = throwaway();
    const refusal = { code: "UNAVAILABLE", hint: "start one: strongroom daemon start" };
    await expect(connected(place, { autostart: false })).rejects.toMatchObject(refusal);
    const env = { ...place.env, STRONGROOM_AUTOSTART: "0" };
    await expect(connected(place, { env })).rejects.toMatchObject(refusal);
    expect(place.record()).toBeUndefined();
  });

  it("lets the event loop turn under a caller that asks again at once", async () => {
    const place = throwaway();
    let turned = false;
    setTimeout(() => (turned = true), 1);
    let tries = 0;
    while (!turned && tries < 20_000) {
      tries += 1;
      await connected(place, { autostart: false }).catch(() => undefined);
    }
    expect(turned).toBe(true);
  });

  it("stops starting a daemon that dies, and says why it died", async () => {
    const place = throwaway();
    const script = "console.error('the reason'); process.exit(3)";
    const daemon = { command: process.execPath, args: ["-e", script, "--"] };
    await expect(connected(place, { daemon, timeout: "15s" })).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: "the daemon dies at its start: the reason (exit 3)",
    });
    const starts = (): number =>
      readdirSync(join(place.home, "run")).filter((name) => name.startsWith("spawn.")).length;
    const before = starts();
    await expect(connected(place, { daemon, timeout: "5s" })).rejects.toMatchObject({
      message: "the daemon dies at its start: the reason (exit 3)",
    });
    expect([before, starts()]).toEqual([3, 3]);
  });

  it("refuses a daemon that serves another vault", async () => {
    const place = throwaway();
    const client = await connected(place);
    await client.set("a", "1");
    client.close();
    const path = join(place.home, "vault/vault.json");
    writeFileSync(path, `{"format":1,"id":"${"0".repeat(32)}"}\n`);
    await expect(connected(place)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: "the daemon that answers serves another vault",
    });
  });

  it("trusts no socket in a folder that is open to others", async () => {
    const place = throwaway();
    const client = await connected(place);
    await client.set("a", "1");
    client.close();
    chmodSync(join(place.home, "run"), 0o755);
    await expect(connected(place)).rejects.toMatchObject({
      code: "DENIED",
      hint: `chmod 700 ${join(place.home, "run")}`,
    });
    chmodSync(join(place.home, "run"), 0o700);
  });

  it("gives up when its signal says so", async () => {
    const place = throwaway();
    const daemon = { command: process.execPath, args: ["-e", "setTimeout(() => {}, 3000)", "--"] };
    const reason = new Error("enough");
    const late = connected(place, { daemon, signal: AbortSignal.timeout(200) });
    await expect(late).rejects.toMatchObject({ name: "TimeoutError" });
    await expect(connected(place, { daemon, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });

  it("calls a listener that never answers unknown, and starts no other", async () => {
    const place = throwaway();
    // Started by hand: of several that a slow start brings, a late one may follow the first.
    const daemon = await startDaemon(place.home);
    const ended = once(daemon, "exit");
    daemon.kill("SIGTERM");
    await ended;
    const server = createServer(() => {});
    const socket = join(
      place.home,
      "run",
      `${vaultIdentity(realpathSync(join(place.home, "vault")))}.sock`,
    );
    await new Promise<void>((resolve) => void server.listen(socket, resolve));
    onTestFinished(() => void server.close());
    await expect(connected(place, { timeout: 300 })).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(place.record()).toBeUndefined();
  });
});

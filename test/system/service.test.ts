import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pause, until } from "../support/processes.ts";
import { size } from "../support/size.ts";
import { mainPid, serviceScene as scene } from "../support/service-scene.ts";
import { noManager } from "../support/user-manager.ts";

test.skipIf(noManager !== "")(
  `systemd starts the daemon for the first who connects, and takes it from a client's own${noManager}`,
  { timeout: 90_000 },
  async () => {
    const at = await scene();
    const { folder, manager, pid, unit } = at;
    const own = await pid();
    // What is installed is not there twice, and nothing was started for it.
    const files = (): string[] =>
      readdirSync(folder)
        .filter((name) => name.startsWith("strongroom"))
        .map((name) => `${name} ${readFileSync(join(folder, name), "utf8")}`);
    const before = files();
    expect(before).toHaveLength(2);
    const again = await manager.cli("service", "install", "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ changed: false });
    expect(files()).toEqual(before);
    expect(await pid()).toBe(own);
    for (const kind of ["socket", "service"]) {
      const path = join(folder, `${unit}.${kind}`);
      const verified = await manager.run("systemd-analyze", "--user", "verify", "--man=no", path);
      expect(verified).toMatchObject({ status: 0, stderr: "" });
    }
    // Whoever connects to the socket of systemd is served by its daemon; the other one has ended.
    const socket = await manager.show(`${unit}.socket`, "Listen");
    const connected = await manager.run(
      "timeout",
      "20",
      process.execPath,
      "-e",
      `const body = JSON.stringify({ jsonrpc: "2.0", id: 0, method: "hello", params: { protocol: { min: 1, max: 1 }, client: { name: "x", version: "1" } } });
       const socket = require("node:net").connect(process.argv[1], () => socket.write("Content-Length: " + body.length + "\\r\\n\\r\\n" + body));
       socket.on("data", (data) => { console.log(String(data)); socket.end(); });`,
      socket.split(" ")[0] ?? "",
    );
    expect(connected.stdout).toContain('"protocol":1');
    expect(await pid()).toBe(await mainPid(at));
    expect(await pid()).not.toBe(own);
    expect((await manager.cli("get", "a")).status).toBe(0);
    // Killed, it is there again; stopped, it is when it is needed.
    const first = await pid();
    await manager.run("kill", "-9", String(first));
    await until("the next one", async () => ![0, first].includes(await mainPid(at)));
    expect((await manager.cli("get", "a")).status).toBe(0);
    expect(await manager.show(`${unit}.service`, "NRestarts")).toBe("1");
    expect((await manager.cli("daemon", "stop")).status).toBe(0);
    expect(await manager.show(`${unit}.service`, "ActiveState")).toBe("inactive");
    expect((await manager.cli("get", "a")).status).toBe(0);
    expect(await pid()).toBe(await mainPid(at));
    // Another version takes the place of this one.
    const path = join(folder, `${unit}.service`);
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace("TimeoutStopSec=30", "TimeoutStopSec=9"),
    );
    const old = await pid();
    const older = await manager.cli("service", "status");
    expect([older.status, older.stdout]).toEqual([15, expect.stringContaining("another version")]);
    expect((await manager.cli("service", "install")).status).toBe(0);
    expect((await manager.cli("service", "status")).status).toBe(0);
    expect(await pid()).not.toBe(old);
    expect(await pid()).toBe(await mainPid(at));
  },
);

test.skipIf(noManager !== "")(
  `a locked vault has a daemon of systemd that knows nothing, and the one before is gone${noManager}`,
  { timeout: 90_000 },
  async () => {
    const at = await scene();
    const { manager, pid } = at;
    await manager.cli("daemon", "stop");
    expect((await manager.cli("get", "a")).status).toBe(0);
    const open = await pid();
    expect((await manager.cli("lock")).status).toBe(0);
    expect((await manager.run("kill", "-0", String(open))).status).not.toBe(0);
    // Nobody has to ask for it.
    await until("the locked one", async () => ![0, open].includes(await mainPid(at)));
    await until("its answer", async () => (await manager.cli("status")).status === 0);
    expect((await manager.cli("get", "a")).status).toBe(7);
    const locked = await pid();
    expect(locked).toBe(await mainPid(at));
    // Whoever answered the lock was no daemon that had to give way.
    const exit = readFileSync(join(manager.place.home, "state/last-exit.json"), "utf8");
    expect(JSON.parse(exit)).toMatchObject({ pid: open, reason: "the vault is locked" });
    expect((await manager.cli("unlock")).status).toBe(0);
    expect((await manager.cli("get", "a")).status).toBe(0);
    expect([await pid(), await mainPid(at)]).toEqual([locked, locked]);
  },
);

test.skipIf(noManager !== "")(
  `clients that would start a daemon, and systemd, do not fight${noManager}`,
  { timeout: 180_000 },
  async () => {
    const at = await scene();
    const { manager, pid, unit } = at;
    await manager.cli("daemon", "stop");
    const lasts = size(4000, 60_000);
    const end = performance.now() + lasts;
    let served = 0;
    const client = async (): Promise<void> => {
      while (performance.now() < end) {
        expect((await manager.cli("get", "a")).status).toBe(0);
        served += 1;
      }
    };
    const byHand = async (): Promise<void> => {
      while (performance.now() < end) {
        const ran = await manager.cli("daemon", "run");
        expect([ran.status, ran.stderr]).toEqual([0, expect.stringContaining("already running")]);
        await pause(500);
      }
    };
    expect((await manager.cli("get", "a")).status).toBe(0);
    const first = await pid();
    await Promise.all([client(), client(), byHand()]);
    expect([await pid(), await mainPid(at)]).toEqual([first, first]);
    expect(await manager.show(`${unit}.service`, "NRestarts")).toBe("0");
    console.log(`${served} answers beside a supervisor in ${lasts} of 60000 ms: 0 respawns`);
  },
);

test.skipIf(noManager !== "")(
  `where systemd listens no more a client starts nothing, and says what goes on${noManager}`,
  { timeout: 90_000 },
  async () => {
    const { folder, manager, unit } = await scene();
    await manager.run("systemctl", "--user", "stop", `${unit}.socket`, `${unit}.service`);
    await manager.cli("daemon", "stop");
    const refused = await manager.cli("get", "a");
    expect([refused.status, refused.stderr]).toEqual([
      8,
      expect.stringContaining(`next: strongroom service install;`),
    ]);
    expect((await manager.cli("daemon", "status")).status).toBe(8);
    await manager.run("systemctl", "--user", "start", `${unit}.socket`);
    expect((await manager.cli("get", "a")).status).toBe(0);
    // One that ends at its start is not started for ever.
    await manager.cli("daemon", "stop");
    const path = join(folder, `${unit}.service`);
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace(/^ExecStart=.*/mu, "ExecStart=/bin/false"),
    );
    await manager.run("systemctl", "--user", "daemon-reload");
    const dying = await manager.cli("get", "a");
    expect([dying.status, dying.stderr]).toEqual([8, expect.stringContaining("journalctl --user")]);
    expect((await manager.cli("service", "uninstall")).status).toBe(0);
    expect(readdirSync(folder).filter((name) => name.startsWith("strongroom"))).toEqual([]);
    expect((await manager.cli("get", "a")).status).toBe(0);
    expect((await manager.cli("service", "status")).status).toBe(15);
    expect((await manager.cli("service", "uninstall")).stderr).toContain("not installed");
  },
);

import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { LAUNCHER } from "../support/secret-bus.ts";
import { finish, until } from "../support/processes.ts";
import { serviceScene } from "../support/service-scene.ts";
import { noManager, userManager } from "../support/user-manager.ts";

test.skipIf(noManager !== "")(
  `a daemon of systemd that is restarted and locked again and again is there each time${noManager}`,
  { timeout: 120_000 },
  async () => {
    const { manager } = await serviceScene();
    expect((await manager.cli("daemon", "restart")).status).toBe(0);
    for (let round = 0; round < 6; round += 1) {
      expect((await manager.cli("lock")).status).toBe(0);
      expect((await manager.cli("unlock")).status).toBe(0);
    }
    expect((await manager.cli("get", "a")).status).toBe(0);
    expect((await manager.cli("service", "status")).status).toBe(0);
  },
);

test.skipIf(noManager !== "")(
  `an XDG_CONFIG_HOME that systemd was not started with is no hindrance, or named as one${noManager}`,
  { timeout: 90_000 },
  async () => {
    const manager = await userManager();
    const { home } = manager.place;
    const config = join(home, "conf ig");
    const inShell = (...args: string[]): ReturnType<typeof finish> =>
      manager.run("env", `XDG_CONFIG_HOME=${config}`, process.execPath, "--", LAUNCHER, ...args);
    expect((await inShell("init")).status).toBe(0);
    await inShell("generate", "--save", "a", "--words", "2");
    expect(await inShell("service", "install")).toMatchObject({ status: 0 });
    expect((await inShell("service", "status")).status).toBe(0);
    expect((await inShell("service", "install")).stderr).toContain("is installed already");
    await inShell("daemon", "stop");
    expect((await manager.cli("get", "a")).status).toBe(0);
    expect((await inShell("service", "uninstall")).status).toBe(0);
    const left = async (): Promise<string> =>
      (await manager.run("find", home, "-name", "strongroom*.so*", "-o", "-name", "*.service"))
        .stdout;
    expect(await left()).toBe("");
    // Where systemd has another unit of that name, that one is left alone.
    expect((await manager.cli("service", "install")).status).toBe(0);
    const own = await left();
    const refused = await inShell("service", "install");
    expect([refused.status, refused.stderr]).toEqual([
      8,
      expect.stringMatching(
        /another XDG_CONFIG_HOME than .*\n.*\n.*next: XDG_CONFIG_HOME= strongroom service uninstall; strongroom service install\n/u,
      ),
    ]);
    expect(await left()).toBe(own);
    expect((await manager.cli("service", "uninstall")).status).toBe(0);
    expect((await inShell("service", "install")).status).toBe(0);
  },
);

test.skipIf(noManager !== "")(
  `systemd's daemon serves the vault that it was installed for, whatever variables systemd has${noManager}`,
  { timeout: 90_000 },
  async () => {
    const { folder, manager, pid, unit } = await serviceScene();
    const other = join(manager.place.home, "other");
    await manager.run(
      "systemctl",
      "--user",
      "set-environment",
      `XDG_DATA_HOME=${other}`,
      `XDG_STATE_HOME=${other}`,
      "NODE_OPTIONS=--no-such-option",
      "NODE_TLS_REJECT_UNAUTHORIZED=0",
      `LD_LIBRARY_PATH=${other}`,
    );
    await manager.cli("daemon", "stop");
    expect((await manager.cli("get", "a")).status).toBe(0);
    const environ = readFileSync(`/proc/${await outside(await pid())}/environ`, "utf8");
    expect(environ).not.toMatch(/NODE_(?:OPTIONS|TLS)|LD_LIBRARY|other/u);
    expect(existsSync(other)).toBe(false);
    // One that serves another vault, however it came to that, is met and not believed.
    mkdirSync(join(folder, `${unit}.service.d`));
    const ofOther = (...args: string[]): ReturnType<typeof finish> =>
      manager.run("env", `STRONGROOM_HOME=${other}`, process.execPath, "--", LAUNCHER, ...args);
    expect((await ofOther("init")).status).toBe(0);
    await ofOther("daemon", "stop");
    writeFileSync(
      join(folder, `${unit}.service.d`, "other.conf"),
      `[Service]\nEnvironment=STRONGROOM_HOME=${other}\n`,
    );
    await manager.run("systemctl", "--user", "daemon-reload");
    await manager.cli("daemon", "stop");
    const refused = await manager.cli("generate", "--save", "payroll");
    expect([refused.status, refused.stderr]).toEqual([8, expect.stringContaining("another vault")]);
    const theirs = await ofOther("list");
    expect([theirs.status, theirs.stdout]).toEqual([0, ""]);
  },
);

/** The number of a process of the manager's namespace, out here. */
async function outside(pid: number): Promise<number> {
  let found = 0;
  await until("the daemon's process", () => {
    for (const name of readdirSync("/proc").filter((each) => /^\d+$/u.test(each))) {
      try {
        const status = readFileSync(`/proc/${name}/status`, "utf8");
        const numbers = /^NSpid:\s+(.*)$/mu.exec(status)?.[1]?.split(/\s+/u) ?? [];
        const isOurs = readFileSync(`/proc/${name}/cmdline`, "utf8").includes("strongroomd");
        if (isOurs && numbers.length > 1 && Number(numbers.at(-1)) === pid) found = Number(name);
      } catch {
        // It has ended.
      }
    }
    return found > 0;
  });
  return found;
}

test.skipIf(noManager !== "")(
  `what keeps systemd from starting the daemon is told, by the doctor too, and install mends it${noManager}`,
  { timeout: 90_000 },
  async () => {
    const { folder, manager, unit } = await serviceScene();
    expect((await manager.cli("doctor")).stdout).toMatch(/ok +supervisor/u);
    await manager.cli("daemon", "stop");
    const [socket = ""] = (await manager.show(`${unit}.socket`, "Listen")).split(" ");
    await manager.run("rm", socket);
    const gone = await manager.cli("get", "a");
    expect([gone.status, gone.stderr]).toEqual([8, expect.stringContaining("service install")]);
    expect((await manager.cli("service", "status")).stdout).toContain("its file gone");
    expect((await manager.cli("doctor")).stdout).toMatch(/problem +supervisor/u);
    expect((await manager.cli("service", "install")).status).toBe(0);
    expect((await manager.cli("get", "a")).status).toBe(0);
    // The program is gone, as after an update of Node.
    const path = join(folder, `${unit}.service`);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(/^ExecStart="[^"]*"/mu, 'ExecStart="/nowhere/node"'));
    await manager.run("systemctl", "--user", "daemon-reload");
    await manager.cli("daemon", "stop");
    const dead = await manager.cli("get", "a");
    expect([dead.status, dead.stderr]).toEqual([8, expect.stringContaining("service install")]);
    expect((await manager.cli("doctor")).stdout).toMatch(/problem +supervisor/u);
    expect((await manager.cli("service", "install")).status).toBe(0);
    expect((await manager.cli("get", "a")).status).toBe(0);
    // A vault that is gone leaves no service behind.
    await manager.cli("daemon", "stop");
    const vault = join(manager.place.home, "vault");
    renameSync(vault, `${vault}.gone`);
    expect((await manager.cli("service", "uninstall")).status).toBe(0);
    expect(existsSync(path)).toBe(false);
    expect(await manager.show(`${unit}.socket`, "ActiveState")).toBe("inactive");
  },
);

test.skipIf(noManager !== "")(
  `a unit that somebody else wrote is neither replaced nor taken away${noManager}`,
  { timeout: 90_000 },
  async () => {
    const manager = await userManager();
    expect((await manager.cli("init")).status).toBe(0);
    const print = await manager.cli("service", "print", "--json");
    const { files } = JSON.parse(print.stdout) as { readonly files: { readonly path: string }[] };
    const path = files[1]?.path ?? "";
    mkdirSync(join(path, ".."), { recursive: true });
    const own = "[Service]\nExecStart=/bin/true\n";
    writeFileSync(path, own);
    const refused = await manager.cli("service", "install");
    expect([refused.status, refused.stderr]).toEqual([12, expect.stringContaining(`mv -n`)]);
    await manager.cli("service", "uninstall");
    expect(readFileSync(path, "utf8")).toBe(own);
    rmSync(path);
    expect((await manager.cli("service", "install")).status).toBe(0);
  },
);

test.skipIf(process.platform !== "linux")(
  "without systemd there is no service, and it is said so",
  async () => {
    const place = throwaway();
    const run = (...args: string[]): ReturnType<typeof finish> =>
      finish(
        spawn(process.execPath, ["--", LAUNCHER, ...args], {
          env: { ...place.env, PATH: "/nowhere" },
          stdio: "pipe",
        }),
        "",
      );
    expect((await run("init")).status).toBe(0);
    const refused = await run("service", "install");
    expect([refused.status, refused.stderr]).toEqual([18, expect.stringContaining("systemctl")]);
    await run("daemon", "stop");
  },
);

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { Keychain } from "@strongroom/daemon/src/sources/keychain.ts";
import { expect, onTestFinished, test, vi } from "vitest";
import { isAlive } from "../support/alive.ts";
import { until } from "../support/processes.ts";
import { LAUNCHER, lacks, noBus, secretBus } from "../support/secret-bus.ts";
import type { SecretBus } from "../support/secret-bus.ts";

const noKeyring =
  noBus || lacks("gnome-keyring-daemon", ["--version"]) || lacks("secret-tool", ["--version"]);

/** A bus on which the keyring of a desktop serves, open, with its files in a home of its own. */
async function desktop(): Promise<SecretBus> {
  const bus = await secretBus();
  await bus.cli(["daemon", "stop"]);
  const args = ["--unlock", "--foreground", "--components=secrets"];
  const keyring = spawn("gnome-keyring-daemon", args, { env: bus.env, stdio: "pipe" });
  onTestFinished(() => void keyring.kill("SIGKILL"));
  keyring.stdin.end("password of the login");
  const keep = ["store", "--label=l", "service", "gh:one.example", "username", "octo"];
  await until(
    "the keyring",
    async () => (await bus.run("secret-tool", keep, "gho_1")).status === 0,
  );
  return bus;
}

test.skipIf(noKeyring !== "")(
  `what a desktop's keyring keeps for a service is imported, and stays there${noKeyring}`,
  { timeout: 60_000 },
  async () => {
    const bus = await desktop();
    const keep = ["store", "--label=l", "service", "gh:one.example", "username"];
    await bus.run("secret-tool", [...keep, ""], "gho_2");
    await bus.run("secret-tool", [...keep, "a*b"], "väl\nue");
    await bus.run("secret-tool", ["store", "--label=l", "service", "other", "username", "x"], "no");
    const keepBytes = async (bytes: string, account: string): Promise<void> => {
      const store = `secret-tool store --label=l service gh:one.example username ${account}`;
      await bus.run("sh", ["-c", `printf '${bytes}' | ${store}`]);
    };
    await keepBytes(String.raw`\377\376\000bin`, "bytes");
    await keepBytes(String.raw`\377\376\000one`, "two n 1");
    await keepBytes(String.raw`\377\376\000two`, "two n 2");
    const imported = (...args: string[]): ReturnType<SecretBus["cli"]> =>
      bus.cli(["import", "--from", "keychain", ...args]);
    const look = await imported("gh:one.example", "--dry-run");
    expect(look.stdout + look.stderr).toMatch(/gh:one.example\/octo/u);
    expect(look.stdout + look.stderr).not.toMatch(/gho_|väl/u);
    expect(look.stderr).toContain("gh:one.example/two is no text");
    expect(await imported("gh:one.example", "--json")).toMatchObject({ status: 0 });
    expect((await bus.cli(["list"])).stdout.split("\n")).toEqual([
      "gh:one.example",
      "gh:one.example/a%2Ab",
      "gh:one.example/bytes",
      "gh:one.example/octo",
      "",
    ]);
    expect((await bus.cli(["get", "gh:one.example/a%2Ab"])).stdout).toBe("väl\nue");
    expect((await bus.cli(["get", "gh:one.example"])).stdout).toBe("gho_2");
    const kept = JSON.parse((await bus.cli(["get", "gh:one.example/bytes", "--json"])).stdout) as {
      value: string;
    };
    expect(Buffer.from(kept.value, "base64")).toEqual(Buffer.from("\xff\xfe\0bin", "latin1"));
    const again = await imported("gh:one.example", "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ imported: { secrets: 0 } });
    const there = ["lookup", "service", "gh:one.example", "username", "octo"];
    expect((await bus.run("secret-tool", there)).stdout).toBe("gho_1");
    expect(await imported("nobody")).toMatchObject({
      status: 6,
      stderr: expect.stringContaining("no password of nobody") as string,
    });
    const call = "org.freedesktop.Secret.Service.Lock";
    const login = "array:objpath:/org/freedesktop/secrets/collection/login";
    const to = ["--dest=org.freedesktop.secrets", "/org/freedesktop/secrets", call, login];
    expect((await bus.run("dbus-send", ["--session", "--print-reply", ...to])).status).toBe(0);
    expect(await imported("gh:one.example")).toMatchObject({
      status: 8,
      stderr: expect.stringMatching(/is locked.*unlock the keychain/su) as string,
    });
    expect(await imported()).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("takes the service") as string,
    });
    bus.daemon.kill("SIGKILL");
    expect(await imported("gh:one.example")).toMatchObject({
      status: 8,
      stderr: expect.stringContaining("there is no keychain") as string,
    });
  },
);

test.skipIf(noBus !== "")(
  `a keychain that does not answer is waited for as long as is said, and that is said${noBus}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    const args = ["import", "--from", "keychain", "any"];
    (await bus.serve()).child.kill("SIGSTOP");
    const { status, stderr } = await bus.cli([...args, "--timeout", "1200ms"]);
    expect(status).toBe(8);
    expect(stderr).toMatch(/waiting for the keychain.*did not answer within 1.2 s/su);
    // Who is ended meanwhile leaves nobody who waits on.
    const child = spawn(process.execPath, ["--", LAUNCHER, ...args], { env: bus.env });
    const asking = (): number =>
      Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8"));
    await until("the process that asks", () => asking() > 0);
    const pid = asking();
    await until("its question", () =>
      readFileSync(`/proc/${pid}/maps`, "utf8").includes("keyring"),
    );
    child.kill("SIGTERM");
    await until("its end", () => !isAlive(pid));
  },
);

test.skipIf(noKeyring !== "")(
  `a desktop's keyring opens a vault that has no other key any more${noKeyring}`,
  { timeout: 60_000 },
  async () => {
    const bus = await desktop();
    await bus.cli(["set", "a"], "one");
    expect((await bus.cli(["slot", "add", "keychain"])).status).toBe(0);
    expect((await bus.cli(["slot", "remove", "keyfile", "--yes"])).status).toBe(0);
    expect((await bus.cli(["daemon", "restart"])).status).toBe(0);
    expect((await bus.cli(["get", "a"])).stdout).toBe("one");
    expect((await bus.cli(["slot", "remove", "keychain", "--yes"])).status).toBe(4);
  },
);

test.skipIf(process.platform !== "linux")(
  "where no keyring serves nothing is kept, and not in the kernel, which forgets it",
  async () => {
    vi.stubEnv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    onTestFinished(() => void vi.unstubAllEnvs());
    const account = `vault ${process.pid}`;
    await expect(new Keychain().write(account, "key")).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("does not answer") as string,
    });
    expect(readFileSync("/proc/keys", "utf8")).not.toContain(account);
  },
);

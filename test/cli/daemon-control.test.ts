import { spawn } from "node:child_process";
import { once } from "node:events";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { throwaway } from "../support/connected.ts";
import { ROOT } from "../support/throwaway.ts";

const CLI = join(ROOT, "packages/cli/bin/strongroom.js");

describe("strongroom daemon", () => {
  it("starts, restarts and stops, and stopping none is fine", async () => {
    const place = throwaway();
    expect(await place.cli(["daemon", "stop"])).toMatchObject({ status: 0 });
    expect((await place.cli(["daemon", "start"])).status).toBe(0);
    const first = place.record()?.pid;
    expect(JSON.parse((await place.cli(["daemon", "start", "--json"])).stdout)).toMatchObject({
      pid: first,
    });
    expect((await place.cli(["daemon", "restart"])).status).toBe(0);
    const second = place.record()?.pid;
    expect(second).not.toBe(first);
    expect((await place.cli(["daemon", "stop", "--json"])).stdout).toBe(
      '{"schema":1,"stopped":true}\n',
    );
    expect(place.record()).toBeUndefined();
    const { status, stderr } = await place.cli(["status"]);
    expect([status, stderr]).toEqual([8, expect.stringContaining("strongroom daemon start")]);
    expect(place.record()).toBeUndefined();
    expect((await place.cli(["doctor"])).status).toBe(0);
  });

  it.each([
    ["missing", (path: string): void => rmSync(path)],
    ["damaged", (path: string): void => writeFileSync(path, "?")],
  ])("stops one whose vault.json is %s, so that a repair can begin", async (_, harm) => {
    const place = throwaway();
    await place.cli(["set", "kept"], "value");
    harm(join(place.home, "vault/vault.json"));
    const to = join(place.home, "saved");
    const { stderr } = await place.cli(["repair", "--to", to]);
    expect(stderr).toContain("next: strongroom daemon stop");
    expect(await place.cli(["daemon", "stop", "--json"])).toMatchObject({
      status: 0,
      stdout: '{"schema":1,"stopped":true}\n',
    });
    expect((await place.cli(["daemon", "stop", "--json"])).stdout).toContain('"stopped":false');
    expect((await place.cli(["daemon", "restart"])).status).toBe(11);
    expect((await place.cli(["repair", "--to", to, "--json"])).stdout).toContain('"secrets":1');
  });

  it.each(["config/keyfile", "vault/journal.0000000000000001", "vault/slots.json"])(
    "is named by the refusal of a vault without its %s, and opens it once that is back",
    async (file) => {
      const place = throwaway();
      await place.cli(["set", "kept"], "value");
      await place.cli(["daemon", "stop"]);
      const path = join(place.home, file);
      renameSync(path, `${path}.away`);
      const { status, stderr } = await place.cli(["get", "kept"]);
      expect([status, stderr]).toEqual([
        11,
        expect.stringContaining(": strongroom daemon restart;"),
      ]);
      renameSync(`${path}.away`, path);
      // The daemon that refused may still be there: it stays as long as anybody asks it.
      expect((await place.cli(["daemon", "restart"])).status).toBe(0);
      expect(await place.cli(["get", "kept"])).toMatchObject({ status: 0, stdout: "value" });
    },
  );

  it("runs in the foreground, makes a vault, and ends with its signal", async () => {
    const place = throwaway();
    const child = spawn(process.execPath, [CLI, "daemon", "run"], {
      env: place.env,
      stdio: "ignore",
    });
    await expect.poll(() => place.record(), { timeout: 20_000 }).toBeDefined();
    await expect
      .poll(async () => (await place.cli(["status"])).status, { timeout: 20_000 })
      .toBe(0);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(place.record()).toBeUndefined();
  });

  it("shows its log", async () => {
    const place = throwaway();
    expect((await place.cli(["daemon", "logs"])).status).toBe(6);
    await place.cli(["daemon", "start"]);
    const { stdout, status } = await place.cli(["daemon", "logs"]);
    expect(status).toBe(0);
    for (const line of stdout.trimEnd().split("\n")) expect(JSON.parse(line)).toHaveProperty("pid");
  });
});

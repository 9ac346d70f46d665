import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import { startCrowd } from "../support/oauth/crowd.ts";
import { until } from "../support/processes.ts";
import { ROOT } from "../support/throwaway.ts";
import type { Ended, Throwaway } from "../support/throwaway.ts";

const CLI = join(ROOT, "packages/cli/bin/strongroom.js");

/** A program of the home's owner that is this script; `$1` is the home. */
function program(place: Throwaway, text: string): string {
  const path = join(place.home, "program");
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o700);
  return path;
}

function renew(place: Throwaway, text: string, ...options: string[]): Promise<Ended> {
  const argv = [program(place, text), place.home];
  return place.cli(["renewer", "set", "db/password", ...options, "--", ...argv]);
}

const lines = (place: Throwaway, name: string): string[] =>
  existsSync(join(place.home, name))
    ? readFileSync(join(place.home, name), "utf8").trim().split("\n")
    : [];

describe.skipIf(process.platform === "win32")("a secret that a program renews", () => {
  test("is asked of it once by 32 processes, round after round", { timeout: 120_000 }, async () => {
    const place = throwaway();
    await place.cli(["init"]);
    const text = 'echo run >>$1/runs; sleep 0.3; wc -l <$1/runs | tr -d " "';
    expect((await renew(place, text, "--every", "1s")).status).toBe(0);
    const crowd = await startCrowd(place.env, 32, "value");
    const rounds = 3;
    for (let round = 1; round <= rounds; round += 1) {
      const got = await crowd.ask("db/password");
      expect([new Set(got), lines(place, "runs").length]).toEqual([new Set([`${round}`]), round]);
      await new Promise((resolve) => setTimeout(resolve, 1100));
    }
    console.log(`32 callers of a renewer, ${rounds} rounds: ${lines(place, "runs").length} runs`);
  });

  test("is refused to its own program at once, which asks with our client", async () => {
    const place = throwaway();
    await place.cli(["init"]);
    const ask = `${process.execPath} ${CLI} get db/password`;
    const text = `STRONGROOM_HOME=$1 ${ask} 2>$1/said; echo $? >$1/status; echo 1`;
    await renew(place, text, "--every", "1h");
    const began = performance.now();
    expect((await place.cli(["get", "db/password", "--timeout", "30s"])).stdout).toBe("1");
    const took = performance.now() - began;
    expect(lines(place, "status")).toEqual(["4"]);
    expect(lines(place, "said")[0]).toContain("may not ask its vault");
    expect(took).toBeLessThan(20_000);
  });

  test.skipIf(process.platform !== "linux")(
    "is refused to its own program though that has dropped the key that it was given",
    { timeout: 60_000 },
    async () => {
      const place = throwaway();
      await place.cli(["init"]);
      const asker = join(place.home, "asker.mjs");
      const client = join(ROOT, "packages/client/dist/index.js");
      writeFileSync(
        asker,
        `import { connect } from ${JSON.stringify(client)};
         const client = await connect({ timeout: "60s" });
         const begin = performance.now();
         const { code } = await client.get("db/password").catch((error) => error);
         console.error(code, Math.round(performance.now() - begin));
         client.close();`,
      );
      const ask = `env -i STRONGROOM_HOME=$1 ${process.execPath} ${asker} 2>$1/said`;
      await renew(place, `${ask}; echo 1`, "--every", "1h");
      expect((await place.cli(["get", "db/password", "--timeout", "50s"])).stdout).toBe("1");
      const [code, ms] = (lines(place, "said")[0] ?? "").split(" ");
      expect(code).toBe("DENIED");
      console.log(`a call of a program back into its own flight was refused after ${ms} ms`);
      expect(Number(ms)).toBeLessThan(5000);
    },
  );

  test("is old and marked when its program fails, where that was asked for", async () => {
    const place = throwaway();
    await place.cli(["init"]);
    const text = "test -e $1/off && { echo canary >&2; exit 9; }; echo first";
    await renew(place, text, "--every", "1s", "--serve-stale");
    expect((await place.cli(["get", "db/password"])).stdout).toBe("first");
    writeFileSync(join(place.home, "off"), "");
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const stale = await place.cli(["get", "db/password"]);
    expect([stale.status, stale.stdout]).toEqual([0, "first"]);
    expect(stale.stderr).toContain("old value");
    const json = JSON.parse((await place.cli(["get", "db/password", "--json"])).stdout) as object;
    expect(json).toMatchObject({ value: "first", stale: true });
    const shown = await place.cli(["get", "db/password", "--metadata"]);
    expect(shown.stdout).toMatch(/renewer +\/.*program/);
    expect(shown.stdout).toMatch(/standing +failed at .*\(9\)/);
    expect(shown.stdout + (await place.cli(["renewer", "list"])).stdout).not.toMatch(
      /first|canary/,
    );
    const doctor = await place.cli(["doctor"]);
    expect(doctor.stdout).toMatch(/renewers .*cannot be renewed.*strongroom get db\/password/);
  });

  test("is none when its program fails, and the refusal says what goes on", async () => {
    const place = throwaway();
    await place.cli(["init"]);
    await renew(place, "exit 9", "--every", "1h");
    const { status, stderr, stdout } = await place.cli(["get", "db/password"]);
    expect([status, stdout]).toEqual([8, ""]);
    expect(stderr).toContain("its program failed (9)");
    expect(stderr).toContain("strongroom renewer list");
  });

  test("is none either when others could change its program", async () => {
    const place = throwaway();
    await place.cli(["init"]);
    await renew(place, "echo run >>$1/runs; echo 1", "--every", "1h");
    chmodSync(join(place.home, "program"), 0o722);
    const { status, stderr } = await place.cli(["get", "db/password"]);
    expect([status, stderr]).toEqual([4, expect.stringContaining("can be changed by other users")]);
    expect(lines(place, "runs")).toEqual([]);
    expect((await renew(place, "echo 1", "--every", "1h")).status).toBe(0);
    const relative = ["renewer", "set", "x", "--every", "1h", "--", "program"];
    expect((await place.cli(relative)).status).toBe(4);
  });

  test("holds up nothing else on its connection while its program runs", async () => {
    const place = throwaway();
    await place.cli(["set", "other"], "2");
    const text = "until test -e $1/go; do sleep 0.05; done; echo made";
    await renew(place, text, "--every", "1h");
    const client = await connected(place, { timeout: "20s" });
    const waiting = client.get("db/password");
    expect((await client.get("other")).text()).toBe("2");
    await client.set("other", "3");
    const [seen] = (await client.read(["other"])).secrets;
    expect(seen?.text()).toBe("3");
    writeFileSync(join(place.home, "go"), "");
    expect((await waiting).text()).toBe("made");
  });

  test("is made again when the daemon was killed while its program ran", async () => {
    const place = throwaway();
    await place.cli(["init"]);
    const text = "echo run >>$1/runs; test $(wc -l <$1/runs) -gt 1 || sleep 60; echo new";
    await renew(place, text, "--every", "1h");
    const client = await connected(place);
    void client.get("db/password").catch(() => undefined);
    await until("the program", () => lines(place, "runs").length === 1);
    process.kill(place.record()?.pid ?? 0, "SIGKILL");
    await until("the end", async () => (await place.cli(["status", "--quiet"])).status !== 0);
    const listed = await place.cli(["renewer", "list"]);
    expect(listed.stdout).toContain("and not ended");
    expect((await place.cli(["get", "db/password"])).stdout).toBe("new");
    expect((await place.cli(["renewer", "list"])).stdout).toContain("renewed at");
  });

  test("stops with the daemon, which waits for its program", async () => {
    const place = throwaway();
    await place.cli(["init"]);
    await renew(place, "echo run >>$1/runs; sleep 1; echo new", "--every", "1h");
    const asked = place.cli(["get", "db/password"]);
    await until("the program", () => lines(place, "runs").length === 1);
    expect((await place.cli(["daemon", "stop"])).status).toBe(0);
    expect((await asked).stdout).toBe("new");
    expect((await place.cli(["get", "db/password"])).stdout).toBe("new");
    expect(lines(place, "runs")).toEqual(["run"]);
  });

  test("has no program in a vault that is made of a backup", async () => {
    const place = throwaway();
    await place.cli(["init"]);
    await renew(place, "echo run >>$1/runs; echo new", "--every", "1s");
    expect((await place.cli(["get", "db/password"])).stdout).toBe("new");
    const file = join(place.home, "copy.age");
    expect((await place.cli(["backup", file])).status).toBe(0);
    const other = throwaway();
    const identity = join(place.home, "config/keyfile");
    const restored = await other.cli([
      "restore-backup",
      file,
      "--identity",
      identity,
      "--to",
      other.home,
    ]);
    expect([restored.status, restored.stderr]).toEqual([0, expect.any(String)]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await other.cli(["get", "db/password"])).stdout).toBe("new");
    expect((await other.cli(["renewer", "list"])).stdout).toBe("");
    expect(lines(place, "runs")).toEqual(["run"]);
  });
});

import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ownFolderName } from "strongroom/src/run/owner.ts";
import { expect, test } from "vitest";
import { isAlive } from "../support/alive.ts";
import { connected, throwaway } from "../support/connected.ts";
import { until } from "../support/processes.ts";
import { atTerminal, noTerminal } from "../support/terminal.ts";
import { credential } from "../support/oauth/credential.ts";
import { ROOT } from "../support/throwaway.ts";

test(
  "the doctor mends rights and leftovers, and nothing that needs a decision",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "v");
    await place.cli(["daemon", "stop"]);
    // Of a process with the number of another, which began at another time.
    const gone = ownFolderName().replace(/^run-\d+-\d+/u, "run-1-1");
    const left = join(place.home, "run", gone);
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, "F"), "value");
    chmodSync(join(place.home, "config"), 0o755);
    chmodSync(join(place.home, "config/keyfile"), 0o644);
    writeFileSync(join(place.home, "vault/stranger"), "x");
    const looked = await place.cli(["doctor"]);
    expect([
      looked.status,
      existsSync(left),
      statSync(join(place.home, "config")).mode & 0o777,
    ]).toEqual([15, true, 0o755]);
    const mended = await place.cli(["doctor", "--fix", "--json"]);
    const told = JSON.parse(mended.stdout) as { mended: string[]; problems: number };
    expect(told.problems).toBe(0);
    expect(told.mended).toHaveLength(3);
    expect(existsSync(left)).toBe(false);
    expect(statSync(join(place.home, "config")).mode & 0o777).toBe(0o700);
    expect(statSync(join(place.home, "config/keyfile")).mode & 0o777).toBe(0o600);
    expect(existsSync(join(place.home, "vault/stranger"))).toBe(true);
    expect((await place.cli(["get", "a"])).stdout).toBe("v");
  },
);

test(
  "check says what a manifest or a .env file lacks, and takes none with a value in it",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "a/b"], '{"f":1}');
    await place.cli(["set", "gone"], "v");
    await place.cli(["delete", "gone"]);
    await place.cli(["oauth", "put", "o"], JSON.stringify(credential("o")));
    const soon = new Date(Date.now() + 1500).toISOString();
    expect((await place.cli(["set", "soon", "--expires", soon], "v")).status).toBe(0);
    const check = async (
      manifest: unknown,
    ): Promise<{ status: number | null; stdout: string; stderr: string }> => {
      const isText = typeof manifest === "string";
      const file = join(place.home, isText ? "some.env" : "strongroom.json");
      writeFileSync(file, isText ? manifest : JSON.stringify(manifest));
      return await place.cli(["check", file, "--json"]);
    };
    const secrets = {
      "strongroom://a/b#f": { description: "d" },
      "strongroom://opt": { optional: true },
    };
    expect((await check({ schema: 1, secrets })).status).toBe(0);
    const lacking = await check({ schema: 1, secrets: { ...secrets, "strongroom://gone": {} } });
    expect([lacking.status, JSON.parse(lacking.stdout)]).toMatchObject([15, { missing: 1 }]);
    expect((await check("A=strongroom://a/b\nB=strongroom://none\nC=plain\n")).status).toBe(15);
    expect((await check("A=strongroom://a/b\n")).status).toBe(0);
    // The single file comes here before it is over.
    await until("the end of its life", () => Date.now() > Date.parse(soon));
    for (const [reference, state] of [
      ["a/b?version=1", "ok"],
      ["a/b?version=99", "no-version"],
      ["a/b#nofield", "no-field"],
      ["gone", "missing"],
      ["o", "no-value"],
      ["soon", "expired"],
    ]) {
      const found = await check({ schema: 1, secrets: { [`strongroom://${reference}`]: {} } });
      const { checked } = JSON.parse(found.stdout) as { checked: { state: string }[] };
      expect([reference, checked[0]?.state]).toEqual([reference, state]);
      expect(found.status).toBe(state === "ok" ? 0 : 15);
      // As run would: it starts nothing without the value.
      const run = ["run", "--env", `A=${reference}`, "--", "true"];
      expect([reference, (await place.cli(run)).status === 0]).toEqual([reference, state === "ok"]);
    }
    for (const wrong of [
      "secrets:\n  - strongroom://nope\n",
      { schema: 1, secrets: { "strongroom://a": { value: "sup3r" } } },
    ]) {
      const refused = await check(wrong);
      expect([wrong, refused.status]).toEqual([wrong, 2]);
      expect(refused.stderr).not.toContain("sup3r");
    }
    expect((await place.cli(["check", join(place.home, "none")])).status).toBe(6);
    for (const endless of ["/dev/zero", place.home]) {
      expect([endless, (await place.cli(["check", endless])).status]).toEqual([endless, 2]);
    }
  },
);

test(
  "config keeps what the daemon then reads, and takes nothing else",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["init"]);
    expect((await place.cli(["config", "set", "proxy", "http://127.0.0.1:1"])).status).toBe(0);
    expect((await place.cli(["config", "get", "proxy"])).stdout).toBe("http://127.0.0.1:1\n");
    const answered = async (...words: string[]): Promise<unknown> =>
      JSON.parse((await place.cli(["config", ...words, "--json"])).stdout);
    expect(await answered("set", "extraCa", "/ca.pem")).toMatchObject({ key: "extraCa" });
    expect(await answered("unset", "extraCa")).toEqual({ schema: 1, key: "extraCa", wasSet: true });
    const file = join(place.home, "config/network.json");
    expect([JSON.parse(readFileSync(file, "utf8")), statSync(file).mode & 0o777]).toEqual([
      { proxy: "http://127.0.0.1:1" },
      0o600,
    ]);
    const login = await place.cli(["oauth", "login", "x", "https://as.example", "--no-browser"]);
    // It went to the proxy, which is not there.
    expect([login.status, login.stderr]).toEqual([
      8,
      expect.stringMatching(/proxy|refused|reach/iu),
    ]);
    for (const wrong of [
      ["set", "proxy", "ftp://x"],
      ["set", "extraCa", "relative"],
      ["set", "other", "x"],
      ["get", "__proto__"],
      ["set", "proxy"],
      ["none"],
    ]) {
      expect([wrong, (await place.cli(["config", ...wrong])).status]).toEqual([wrong, 2]);
    }
    expect((await place.cli(["config", "unset", "proxy"])).status).toBe(0);
    expect((await place.cli(["config", "get", "proxy"])).status).toBe(6);
    for (const text of ["null", "[1]", '{"proxy":5}', "{"]) {
      writeFileSync(join(place.home, "config/network.json"), text);
      const damaged = await place.cli(["config", "list"]);
      expect([damaged.status, damaged.stderr]).toEqual([2, expect.stringContaining("mv ")]);
    }
  },
);

test(
  `top shows the daemon at work, and leaves the terminal as it was${noTerminal}`,
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const owner = await connected(place);
    await owner.set("a", "sup3r-s3cret");
    const plain = await place.cli(["top"]);
    expect([plain.status, plain.stderr]).toEqual([0, ""]);
    expect(plain.stdout).toMatch(/^queue +0 waiting$/mu);
    expect(plain.stdout).toMatch(/^fsync +p50 [\d.]+ ms, p99 [\d.]+ ms$/mu);
    expect(plain.stdout).toMatch(/owner +\S+ +set +a$/mu);
    expect(plain.stdout).not.toContain("sup3r");
    expect(plain.stdout).not.toContain("\u001b");
    expect((await place.cli(["top", "--every", "1ms"])).status).toBe(2);
    const made = await place.cli(["key", "create", "k", "--allow", "get:**", "--no-expiry"]);
    const launcher = join(ROOT, "packages/cli/bin/strongroom.js");
    const keyed = [
      `STRONGROOM_API_KEY=${made.stdout.trim()}`,
      process.execPath,
      "--",
      launcher,
      "top",
    ];
    const told = await place.run("env", keyed);
    expect([told.status, told.stdout]).toEqual([4, ""]);
    if (noTerminal !== "") return;
    const seen = await atTerminal(place, "top --every 200ms", [
      { shown: "a second", typed: "x" },
      { shown: "a second", typed: "q" },
    ]);
    expect(seen.status).toBe(0);
    const [entered, left] = [
      seen.shown.indexOf("\u001b[?1049h"),
      seen.shown.lastIndexOf("\u001b[?1049l"),
    ];
    expect([entered >= 0, left > entered, seen.shown.includes("sup3r")]).toEqual([
      true,
      true,
      false,
    ]);
    await place.cli(["daemon", "stop"]);
    expect((await place.cli(["top"])).status).toBe(8);
  },
);

test(
  "uninstall ends what runs, and takes the secrets only when that is said",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "v");
    const { pid = 0 } = place.record() ?? {};
    const named = join(place.home, "vaults", "office");
    await place.cli(["set", "b", "--vault", "office"], "v");
    const record = readFileSync(join(named, "vault/daemon.pid"), "utf8");
    const other = (JSON.parse(record) as { readonly pid: number }).pid;
    const only = await place.cli(["uninstall", "--vault", "office", "--json"]);
    expect([JSON.parse(only.stdout), isAlive(other), isAlive(pid)]).toMatchObject([
      { stopped: [join(named, "vault")] },
      false,
      true,
    ]);
    await place.cli(["get", "b", "--vault", "office"]);
    const told = await place.cli(["uninstall"]);
    expect(told.status).toBe(0);
    for (const home of [place.home, named]) {
      expect(told.stderr).toContain(`stopped the daemon of ${join(home, "vault")}\n`);
      expect(told.stderr).toContain(`kept ${join(home, "vault")}\n`);
      expect(existsSync(join(home, "log"))).toBe(false);
    }
    expect((await place.cli(["status", "--quiet", "--vault", "office"])).status).toBe(8);
    expect(isAlive(pid)).toBe(false);
    expect([existsSync(join(place.home, "log")), existsSync(join(place.home, "run"))]).toEqual([
      false,
      false,
    ]);
    expect((await place.cli(["get", "a"])).stdout).toBe("v");
    const asked = await place.run("setsid", [
      "-w",
      process.execPath,
      join(ROOT, "packages/cli/bin/strongroom.js"),
      "uninstall",
      "--secrets",
    ]);
    expect([asked.status, existsSync(join(place.home, "vault/vault.json"))]).toEqual([9, true]);
    expect((await place.cli(["uninstall", "--secrets", "--yes"])).status).toBe(0);
    for (const folder of ["vault", "config", "state", "backups"]) {
      expect([folder, existsSync(join(place.home, folder))]).toEqual([folder, false]);
    }
    expect(existsSync(named)).toBe(false);
    expect((await place.cli(["uninstall"])).status).toBe(0);
  },
);

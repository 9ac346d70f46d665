import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { credential } from "../support/oauth/credential.ts";
import { startPlain } from "../support/oauth/little-server.ts";
import { until } from "../support/processes.ts";
import { ROOT } from "../support/throwaway.ts";

const LIVING = credential("any", { expiresIn: 3600 });
const EXPIRED = { ...LIVING, tokens: { accessToken: "access-0", expiresIn: 0 } };

test(
  "the command line puts, shows and gives what it should, and nothing else",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["init"]);
    const put = await place.cli(["oauth", "put", "mcp/a"], JSON.stringify(LIVING));
    expect([put.status, put.stdout, put.stderr]).toEqual([
      0,
      "",
      "strongroom: mcp/a is stored, with its tokens\n",
    ]);
    expect((await place.cli(["oauth", "put", "mcp/a"], JSON.stringify(LIVING))).status).toBe(12);
    const forced = ["oauth", "put", "mcp/a", "--force"];
    expect((await place.cli(forced, JSON.stringify(LIVING))).status).toBe(0);
    expect(
      (
        await place.cli(
          ["oauth", "put", "b"],
          JSON.stringify({ ...LIVING, tokens: { refreshToken: "two words" } }),
        )
      ).stderr,
    ).not.toContain("two words");
    expect((await place.cli(["token", "mcp/a"])).stdout).toBe("access-0");
    const header = await place.cli(["token", "mcp/a", "--format", "header"]);
    expect(header.stdout).toBe("Authorization: Bearer access-0");
    const json = await place.cli(["token", "mcp/a", "--format", "json", "--min-ttl", "5m"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 1,
      accessToken: "access-0",
      name: "mcp/a",
    });
    expect((await place.cli(["token", "mcp/a", "--scope", "admin"])).status).toBe(2);
    expect((await place.cli(["token", "mcp/a", "--format", "xml"])).status).toBe(2);
    expect((await place.cli(["token", "none"])).status).toBe(6);
    const listed = await place.cli(["oauth", "list"]);
    expect(listed.stdout).toMatch(/^mcp\/a +ok +.*https:\/\/as\.example +read write$/m);
    expect((await place.cli(["list"])).stdout).toBe("mcp/a\n");
    const got = await place.cli(["get", "mcp/a"]);
    expect([got.status, got.stderr]).toEqual([2, expect.stringContaining("strongroom token NAME")]);
    expect((await place.cli(["oauth", "doctor"])).stdout).toBe("mcp/a: ok\n");
    expect((await place.cli(["oauth", "logout", "mcp/a"])).status).toBe(0);
    expect((await place.cli(["oauth", "list"])).stdout).toBe("");
  },
);

test(
  "the command line says why a credential is dead, in one sentence, and what helps",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["init"]);
    await place.cli(["oauth", "put", "mcp/a"], JSON.stringify(EXPIRED));
    await place.cli(["oauth", "put", "mcp/b", "--shared"], JSON.stringify(LIVING));
    const doctor = await place.cli(["oauth", "doctor"]);
    expect(doctor.status).toBe(15);
    expect(doctor.stdout).toBe(
      "mcp/a: reauthorize: it has no refresh token; sign in again: strongroom oauth login NAME https://as.example --force\n" +
        "mcp/b: shared: another program, or a newer copy of this vault, may have its refresh token too, and it is not adopted yet; strongroom oauth adopt NAME --source-is-retired\n",
    );
    expect((await place.cli(["token", "mcp/a"])).status).toBe(14);
    expect((await place.cli(["oauth", "list"])).stdout).toContain("it has no refresh token\n");
    expect((await place.cli(["oauth", "adopt", "mcp/b"])).status).toBe(2);
    expect((await place.cli(["oauth", "adopt", "mcp/b", "--source-is-retired"])).status).toBe(0);
    expect((await place.cli(["oauth", "doctor", "mcp/b"])).stdout).toBe("mcp/b: ok\n");
    const revoked = await place.cli(["oauth", "logout", "mcp/b", "--revoke", "--timeout", "30s"]);
    expect(revoked.status).toBe(8);
    expect((await place.cli(["oauth", "doctor", "mcp/b"])).status).toBe(0);
  },
);

test(
  "a vault that is made of a backup presents no refresh token before its owner says so",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const other = throwaway();
    await place.cli(["init"]);
    await place.cli(["oauth", "put", "mcp/a"], JSON.stringify(LIVING));
    const file = (await place.cli(["backup"])).stdout.trim();
    const to = join(other.home, "restored");
    const restored = await place.cli(["restore-backup", file, "--to", to]);
    expect([restored.status, restored.stderr]).toEqual([0, expect.any(String)]);
    const home = `STRONGROOM_HOME=${to}`;
    const launcher = join(ROOT, "packages/cli/bin/strongroom.js");
    const inRestored = (...args: string[]): ReturnType<typeof place.run> =>
      place.run("env", [home, process.execPath, launcher, ...args]);
    onTestFinished(() => inRestored("daemon", "stop").then(() => undefined));
    expect((await inRestored("oauth", "doctor")).stdout).toMatch(/^mcp\/a: shared: /);
    expect((await place.cli(["oauth", "doctor"])).stdout).toBe("mcp/a: ok\n");
  },
);

test(
  "the command line says why no token is given where that can be mended, and how",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["init"]);
    const { registration } = LIVING;
    const tokens = { expiresIn: 0, accessToken: "access-0", refreshToken: "refresh-0" };
    const lost = { ...registration, tokenEndpoint: "https://127.0.0.1:1/token" };
    const never = await place.cli(
      ["oauth", "put", "mcp/a"],
      JSON.stringify({ ...LIVING, registration: lost }),
    );
    expect([never.status, never.stderr]).toEqual([2, expect.stringContaining("privateHost")]);
    await place.cli(["oauth", "put", "mcp/a"], JSON.stringify({ ...LIVING, tokens }));
    const file = join(place.home, "config", "network.json");
    mkdirSync(join(place.home, "config"), { recursive: true });
    writeFileSync(file, "{");
    for (const args of [
      ["oauth", "doctor", "mcp/a"],
      ["token", "mcp/a"],
      ["oauth", "doctor"],
    ]) {
      const { status, stderr, stdout } = await place.cli(args);
      expect([args, status]).toEqual([args, args[0] === "token" ? 2 : 15]);
      expect(stdout + stderr).toContain(`${file}: it is no JSON`);
      expect(stdout + stderr).toContain(`mend it, or remove it: rm ${file}`);
    }
  },
);

test(
  "whoever looks while a lock waits for a refresh is told so, and not to start a daemon",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const answers: (() => void)[] = [];
    const server = await startPlain((_, answer) => {
      answers.push(() => answer.end('{"access_token":"access-1","expires_in":3600}'));
    });
    onTestFinished(() => server.close());
    await place.cli(["init"]);
    const issuer = `http://127.0.0.1:${server.port}`;
    const tokens = { expiresIn: 0, accessToken: "access-0", refreshToken: "refresh-0" };
    const registration = {
      issuer,
      tokenEndpoint: `${issuer}/token`,
      clientId: "client",
      clientAuth: "none",
      privateHost: "127.0.0.1",
    };
    await place.cli(["oauth", "put", "a"], JSON.stringify({ ...LIVING, registration, tokens }));
    const asked = place.cli(["token", "a"]);
    await until("the refresh", () => answers.length === 1);
    const locked = place.cli(["lock"]);
    const look = (): ReturnType<typeof place.cli> => place.cli(["status"]);
    let status = await look();
    // Until the lock is taken up it says that the vault is open, and while it is handed over, locked.
    for (let looks = 0; status.status === 0 && looks < 50; looks += 1) status = await look();
    expect([status.status, status.stderr]).toEqual([
      8,
      expect.stringContaining("is ending (the vault is locked)"),
    ]);
    expect(status.stderr).not.toContain("daemon start");
    answers[0]?.();
    expect((await locked).status).toBe(0);
    expect((await asked).status).toBe(7);
    expect((await look()).stdout).toContain("locked");
  },
);

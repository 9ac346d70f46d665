import { createHash, createPublicKey, verify } from "node:crypto";
import type { JsonWebKey } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@strongroom/client";
import { sendChange } from "@strongroom/client/src/change.ts";
import type { Client } from "@strongroom/client";
import { formatApiToken, keySocketOf, METHODS } from "@strongroom/client/protocol";
import type { MethodName } from "@strongroom/client/protocol";
import { REQUIREMENTS } from "@strongroom/daemon/src/authority/requirements.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { connected, DAEMON, throwaway } from "../support/connected.ts";
import { flood, withKey } from "../support/key-flood.ts";
import { credential as oauthCredential } from "../support/oauth/credential.ts";
import { until } from "../support/processes.ts";
import { HELLO, RawClient } from "../support/raw-client.ts";
import { printCount, size } from "../support/size.ts";
import type { Throwaway } from "../support/throwaway.ts";

async function codeOf(answer: Promise<unknown>): Promise<string> {
  return answer.then(
    () => "resolved",
    (error: { readonly code?: string }) => error.code ?? "no code",
  );
}

const forever = { noExpiry: true } as const;

describe("what begins after the acknowledgement of its end fails", () => {
  const ends: readonly (readonly [
    what: string,
    end: (owner: Client, key: string) => Promise<unknown>,
  ])[] = [
    ["revoked", (owner, key) => owner.change("key/revoke", { key }, {})],
    ["narrowed", (owner, key) => owner.change("key/update", { key, deny: ["*:**"] }, {})],
    ["rotated", (owner, key) => owner.change("key/rotate", { key }, {})],
    [
      "expired",
      async (owner, key) => {
        const expiresAt = Date.now() + 500;
        await owner.change("key/update", { key, expiresAt }, {});
        while (Date.now() <= expiresAt) await new Promise((resolve) => setTimeout(resolve, 1));
      },
    ],
  ];

  type Ask = (client: Client, n: number) => Promise<unknown>;
  const use: Ask = (client, n) => (n % 4 === 0 ? client.set("b", String(n)) : client.get("a"));

  /** The id of the key that ends, the credential of the clients, and what they ask. */
  const ways: readonly (readonly [
    what: string,
    make: (
      place: Throwaway,
      owner: Client,
    ) => Promise<{ readonly id: string; readonly credential: string; readonly ask: Ask }>,
  ])[] = [
    [
      "a key",
      async (_place, owner) => {
        const terms = { name: "k", allow: ["get,set:**"], ...forever };
        const { id, token } = await owner.change("key/create", terms, {});
        return { id, credential: token, ask: use };
      },
    ],
    [
      "a session of a key",
      async (place, owner) => {
        const terms = { name: "k", allow: ["get,set:**"], ...forever };
        const { id, token } = await owner.change("key/create", terms, {});
        const parent = await withKey(place, token);
        const issued = await parent.call("session/issue", { allow: ["get,set:*"] });
        parent.close();
        return { id, credential: issued.token, ask: use };
      },
    ],
    [
      "a service's key",
      async (_place, owner) => {
        const server = { name: "server", allow: ["verify:billing"], ...forever };
        const { token: credential } = await owner.change("key/create", server, {});
        const shop = { name: "k", audience: "billing", allow: ["read:/a/**"], ...forever };
        const { id, token } = await owner.change("key/create", shop, {});
        const sha256 = createHash("sha256").update(token).digest("hex");
        const presented = (n: number): object => (n % 2 === 0 ? { token } : { sha256 });
        const ask: Ask = (client, n) =>
          client.call("key/verify", { ...presented(n), action: "read", resource: `/a/${n % 9}` });
        return { id, credential, ask };
      },
    ],
  ];

  const cases = ways.flatMap(([what, make]) =>
    ends.map(([how, end]) => [what, how, make, end] as const),
  );

  test.each(cases)(
    "%s that is %s, in a flood",
    { timeout: 300_000 },
    async (what, how, make, end) => {
      const place = throwaway();
      const owner = await connected(place);
      await owner.set("a", "1");
      const { ask, credential, id } = await make(place, owner);
      const clients: Client[] = [];
      for (let n = 0; n < 4; n += 1) clients.push(await withKey(place, credential));
      onTestFinished(() => clients.forEach((client) => client.close()));
      const total = size(800, 10_000);
      const successes = size(150, 1000);
      let acknowledged = Infinity;
      const met = await flood(clients, total, ask, {
        successes,
        at: async () => {
          await end(owner, id);
          acknowledged = performance.now();
        },
      });
      const late = met.begun.filter((begun) => begun > acknowledged);
      printCount(
        `requests of ${what} that is ${how}, ${met.begun.length} successes`,
        total,
        10_000,
      );
      expect(met.begun.length).toBeGreaterThanOrEqual(successes);
      expect(met.codes.size).toBeGreaterThan(0);
      expect(late).toEqual([]);
    },
  );
});

describe("a client with a key", () => {
  test("makes no vault where there is none", async () => {
    const place = throwaway();
    const STRONGROOM_API_KEY = formatApiToken(Buffer.alloc(16), Buffer.alloc(32));
    const env = { ...place.env, STRONGROOM_API_KEY };
    const refused = connect({ env, daemon: DAEMON, create: true });
    expect(await codeOf(refused)).toBe("NOT_FOUND");
    expect(existsSync(join(place.home, "vault/vault.json"))).toBe(false);
  });
});

describe("a key that may only write", () => {
  test("writes to a daemon that has just started, and after it was silent for long", async () => {
    const place = throwaway();
    const owner = await connected(place);
    const terms = { name: "k", allow: ["set:**"], quota: 2, ...forever };
    const { token } = await owner.change("key/create", terms, {});
    await owner.change("key/update", { key: "k", allow: ["get:b", "set:**"] }, {});
    await owner.stop();
    const STRONGROOM_API_KEY = token;
    const env = { ...place.env, STRONGROOM_API_KEY };
    const client = await connect({ env, daemon: DAEMON });
    onTestFinished(() => client.close());
    // Nothing else was counted.
    expect(await client.set("a", "1")).toMatchObject({ version: 1 });
    const again = await connected(place);
    await again.change("key/update", { key: "k", allow: ["set:**"] }, {});
    const silent = { isCurrent: false, seen: client.seen };
    const params = { name: "a", value: "2" };
    const asked = { method: "secret/set", params, options: {} } as const;
    expect(await sendChange(client, silent, asked)).toMatchObject({ version: 2 });
    expect(await again.call("key/show", { key: "k" })).toMatchObject({ used: 2 });
  });

  test("and any other is shown the state by status and doctor", async () => {
    const place = throwaway();
    const owner = await connected(place);
    const terms = { name: "k", allow: ["set:**"], ...forever };
    const { token } = await owner.change("key/create", terms, {});
    const cli = join(import.meta.dirname, "../../packages/cli/bin/strongroom.js");
    const run = (...args: string[]): ReturnType<typeof place.run> =>
      place.run("env", [`STRONGROOM_API_KEY=${token}`, process.execPath, cli, ...args], "");
    const status = await run("status", "--json");
    expect([status.status, status.stderr]).toEqual([0, ""]);
    expect(JSON.parse(status.stdout)).toEqual({
      schema: 1,
      state: "open",
      protocol: 1,
      revision: expect.any(Number) as number,
      attention: [],
    });
    expect((await run("status")).stdout).toContain("state:     open");
    expect((await run("doctor")).stdout).toContain("tells an API key no more");
  });
});

describe("a vault that locks itself", () => {
  test("is kept awake by no refusal, and tells a key that it is locked and no more", async () => {
    const place = throwaway();
    const owner = await connected(place);
    await owner.set("a", "1");
    const terms = { name: "k", allow: ["get:a"], ...forever };
    const { token } = await owner.change("key/create", terms, {});
    const door = keySocketOf(place.record()?.endpoint ?? "");
    const [nobody, key] = [await RawClient.greeted(door), await RawClient.greeted(door)];
    await key.call("session/authenticate", { token });
    await owner.call("vault/unlock", { autolock: { idleMs: 1500 } });
    // The marker cannot be left: the process stays, and refuses.
    rmSync(join(place.home, "state"), { recursive: true });
    for (let knocks = 0; knocks < 10; knocks += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      await nobody.call("session/authenticate", { token: "none" });
      await nobody.call("secret/get", { name: "a" });
      await key.call("secret/get", { name: "b" });
    }
    const got = await key.call("secret/get", { name: "a" });
    expect(got.error).toMatchObject({ message: "the vault serves nobody now" });
    expect(got.error?.data.code).toBe("LOCKED");
    const status = await key.call("vault/status", { detail: true });
    expect(Object.keys(status.result ?? {}).toSorted()).toEqual(["protocol", "revision", "state"]);
    expect((await key.call("daemon/stop", {})).error?.data.code).toBe("DENIED");
  });

  test.each(["a key that it serves", "its owner"])("is kept awake by %s", async (who) => {
    const place = throwaway();
    const owner = await connected(place);
    await owner.set("a", "1");
    const terms = { name: "k", allow: ["get:a"], ...forever };
    const key = await withKey(place, (await owner.change("key/create", terms, {})).token);
    onTestFinished(() => key.close());
    await owner.call("vault/unlock", { autolock: { idleMs: 1500 } });
    for (let uses = 0; uses < 10; uses += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect((await (who === "its owner" ? owner : key).get("a")).text()).toBe("1");
    }
  });
});

describe("a credential that is none", () => {
  test("is an error in each of nine ways, and never the owner", { timeout: 60_000 }, async () => {
    const place = throwaway();
    const owner = await connected(place);
    await owner.set("a", "1");
    const create = async (name: string): Promise<string> =>
      (await owner.change("key/create", { name, allow: ["get:**"], ...forever }, {})).token;
    const revoked = await create("revoked");
    await owner.change("key/revoke", { key: "revoked" }, {});
    const soon = { name: "expired", allow: ["get:**"], expiresAt: Date.now() + 1000 };
    const expired = (await owner.change("key/create", soon, {})).token;
    while (Date.now() <= soon.expiresAt) await new Promise((resolve) => setTimeout(resolve, 10));
    const elsewhere = throwaway();
    const stranger = await connected(elsewhere);
    const foreign = (
      await stranger.change("key/create", { name: "k", allow: ["get:**"], ...forever }, {})
    ).token;
    const folder = join(place.home, "folder");
    mkdirSync(folder);
    const file = (name: string, text: string): string => {
      writeFileSync(join(place.home, name), text);
      return join(place.home, name);
    };
    const valid = await create("valid");
    const ways: readonly NodeJS.ProcessEnv[] = [
      { STRONGROOM_API_KEY: "" },
      { STRONGROOM_API_KEY: revoked },
      { STRONGROOM_API_KEY: expired },
      { STRONGROOM_API_KEY: valid.slice(0, -1) },
      { STRONGROOM_API_KEY: foreign },
      { STRONGROOM_API_KEY: formatApiToken(Buffer.alloc(16), Buffer.alloc(32)) },
      { STRONGROOM_API_KEY_FILE: folder },
      { STRONGROOM_API_KEY_FILE: join(place.home, "missing") },
      { STRONGROOM_API_KEY_FILE: file("empty", "\n") },
    ];
    for (const [n, env] of ways.entries()) {
      const refused = connect({ env: { ...place.env, ...env } });
      expect([n, await codeOf(refused)]).toEqual([n, "DENIED"]);
      const printed = await place.run(
        "env",
        [
          ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
          process.execPath,
          join(import.meta.dirname, "../../packages/cli/bin/strongroom.js"),
          "get",
          "a",
        ],
        "",
      );
      expect([n, printed.status, printed.stdout]).toEqual([n, 4, ""]);
    }
    const good = await connect({
      env: { ...place.env, STRONGROOM_API_KEY_FILE: file("key", `${valid}\n`) },
    });
    onTestFinished(() => good.close());
    expect((await good.get("a")).text()).toBe("1");
  });

  test("makes a connection nobody's for ever, whatever it was and whatever became of it", async () => {
    const place = throwaway();
    const owner = await connected(place);
    await owner.set("a", "1");
    const { token } = await owner.change(
      "key/create",
      { name: "k", allow: ["get:b"], ...forever },
      {},
    );
    for (const credential of ["", "srm_", token.slice(0, -1), 7, token]) {
      const raw = await RawClient.greeted(place.record()?.endpoint ?? "");
      expect((await raw.call("secret/get", { name: "a" })).result?.["value"]).toBe("1");
      const answer = await raw.call("session/authenticate", { token: credential });
      expect(answer.error === undefined).toBe(credential === token);
      for (const method of ["secret/get", "key/list", "vault/lock", "daemon/stop"]) {
        const params = method === "secret/get" ? { name: "a" } : {};
        const { error } = await raw.call(method, params);
        expect([credential, method, error?.data.code]).toEqual([credential, method, "DENIED"]);
      }
      const authenticate = "session/authenticate";
      const second = await RawClient.greeted(place.record()?.endpoint ?? "");
      second.send(
        { jsonrpc: "2.0", id: 1, method: authenticate, params: { token } },
        { jsonrpc: "2.0", id: 2, method: authenticate, params: { token: "" } },
        { jsonrpc: "2.0", id: 3, method: "secret/get", params: { name: "b" } },
      );
      const told: (string | undefined)[] = [];
      for (const id of [1, 2, 3]) told.push((await second.reply(id)).error?.message);
      expect(told).toEqual([
        undefined,
        "this API key is not valid",
        "this connection has no valid API key",
      ]);
    }
  });
});

describe("the socket of the keys", () => {
  test("serves nothing without a credential, and nothing outside the scope with one", async () => {
    const place = throwaway();
    const owner = await connected(place);
    await owner.set("in/a", "1");
    await owner.set("out", "2");
    const { token } = await owner.change(
      "key/create",
      { name: "k", allow: ["*:in/**"], ...forever },
      {},
    );
    const path = keySocketOf(place.record()?.endpoint ?? "");
    const raw = await RawClient.connect(path);
    raw.send(HELLO);
    expect((await raw.reply(0)).result?.["state"]).toBe("open");
    const params: { readonly [method: string]: object } = {
      "approval/add": { path: "/out", sha256: "0".repeat(64) },
      "approval/remove": { path: "/out" },
      "clipboard/clear": { tool: "xclip", display: {}, sha256: "0".repeat(64), after: 1000 },
      "key/create": { name: "x", allow: ["*:**"], noExpiry: true },
      "key/verify": { token: "", action: "read", resource: "out" },
      "lease/acquire": { name: "out", ttl: 1000 },
      "lease/release": { name: "out", token: 1 },
      "lease/renew": { name: "out", token: 1, ttl: 1000 },
      "oauth/adopt": { name: "out", sourceIsRetired: true },
      "oauth/discover": { url: "https://127.0.0.1:1" },
      "oauth/list": {},
      "oauth/login": { name: "out", url: "https://127.0.0.1:1" },
      "oauth/login-wait": { flight: "out" },
      "oauth/put": oauthCredential("out"),
      "oauth/report": { name: "out", generation: 1 },
      "recipe/remove": { name: "out" },
      "recipe/set": { name: "out", argv: ["/bin/sh"], folder: "/", environment: [] },
      "renewer/list": {},
      "renewer/remove": { name: "out" },
      "renewer/set": { name: "out", argv: ["/bin/sh"], lifetimeMs: 1000 },
      "secret/list": {},
      "secret/set": { name: "out", value: "3" },
      "secret/restore": { name: "out", version: 1 },
      "session/authenticate": { token: "" },
      "slot/remove": { slot: "0".repeat(16) },
      "slot/add": { type: "recipient", recipient: `age1${"q".repeat(58)}` },
      "vault/batch": { operations: [{ op: "clear", prefix: "o" }] },
      "vault/policy": { requireKey: true },
      "vault/read": { names: ["out"] },
      "watch/start": { since: 0, wait: 0 },
    };
    const of = (method: string): object =>
      params[method] ??
      (method.startsWith("key/") && method !== "key/list"
        ? { key: "k" }
        : /^(?:secret|oauth)\//.test(method)
          ? { name: "out" }
          : {});
    const methods = Object.keys(METHODS).filter((method) => method !== "hello") as MethodName[];
    expect(methods.length).toBeGreaterThan(20);
    for (const method of methods) {
      const { error } = await raw.call(method, of(method));
      expect([method, error?.data.code]).toEqual([method, "DENIED"]);
    }
    expect((await raw.call("session/authenticate", { token })).error).toBeUndefined();
    expect((await raw.call("secret/get", { name: "in/a" })).result?.["value"]).toBe("1");
    const seen: { [method: string]: string | undefined } = {};
    for (const method of methods.filter((each) => each !== "session/authenticate")) {
      const { error, result } = await raw.call(method, of(method));
      seen[method] = error?.data.code;
      expect(JSON.stringify(result ?? {})).not.toContain("out");
      expect(JSON.stringify(result ?? {})).not.toContain(place.home);
    }
    const open = Object.entries(seen).filter(([, code]) => code !== "DENIED");
    expect(open.map(([method]) => method)).toEqual([
      "recipe/list",
      "secret/list",
      "session/issue",
      "session/jwks",
      "vault/read",
      "vault/status",
      "watch/start",
    ]);
    expect(Object.keys(REQUIREMENTS).length + 2).toBe(methods.length);
  });

  test(
    "cannot be filled so that the owner or a key stays outside",
    { timeout: 60_000 },
    async () => {
      const place = throwaway();
      const owner = await connected(place);
      await owner.set("a", "1");
      const { token } = await owner.change("key/create", {
        name: "k",
        allow: ["get:a"],
        ...forever,
      });
      const path = keySocketOf(place.record()?.endpoint ?? "");
      const crowd: RawClient[] = [];
      for (let n = 0; n < 300; n += 1) crowd.push(await RawClient.connect(path));
      // Who says nothing is dropped in time, and a crowd that is gone fills nothing.
      for (const client of crowd) client.send(HELLO);
      const gone = (): number => crowd.filter(({ socket }) => socket.destroyed).length;
      const there = (): number =>
        crowd.filter(({ replies, socket }) => replies.length > 0 && !socket.destroyed).length;
      await until("all to be greeted or sent away", () => there() + gone() === 300);
      expect([there(), gone()]).toEqual([128, 172]);
      const other = await connected(place);
      expect((await other.get("a")).text()).toBe("1");
      const guest = await RawClient.greeted(path);
      expect((await guest.call("session/authenticate", { token })).error).toBeUndefined();
      expect(there()).toBeLessThan(128);
      // It keeps the place that it has.
      for (let n = 0; n < 300; n += 1) crowd.push(await RawClient.greeted(path));
      expect((await guest.call("secret/get", { name: "a" })).error).toBeUndefined();
      guest.socket.destroy();
      for (const { socket } of crowd) socket.destroy();
    },
  );

  test("is there again when it was removed, and gone when its daemon has stopped", async () => {
    const place = throwaway();
    const owner = await connected(place);
    await owner.set("a", "1");
    const path = keySocketOf(place.record()?.endpoint ?? "");
    rmSync(path);
    process.kill(place.record()?.pid ?? 0, "SIGHUP");
    for (let tries = 0; !existsSync(path) && tries < 500; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await RawClient.greeted(path);
    await owner.stop();
    for (let tries = 0; existsSync(path) && tries < 500; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await expect(RawClient.connect(path)).rejects.toThrow();
  });
});

test(
  "a quota is never over-granted, also by a daemon that is killed",
  { timeout: 300_000 },
  async () => {
    const rounds = size(2, 50);
    const quota = size(150, 1000);
    printCount("rounds of a quota under 64 clients, half of them killed", rounds, 50);
    for (let round = 0; round < rounds; round += 1) {
      const place = throwaway();
      const owner = await connected(place);
      await owner.set("a", "1");
      const terms = { name: "k", allow: ["get:**"], quota, ...forever };
      const { token } = await owner.change("key/create", terms, {});
      const killed = round % 2 === 1;
      let served = 0;
      let kills = killed ? 2 : 0;
      const one = async (): Promise<void> => {
        for (;;) {
          let client: Client | undefined;
          try {
            client = await connect({ env: { ...place.env, STRONGROOM_API_KEY: token } });
            for (;;) {
              await client.get("a");
              served += 1;
              if (kills > 0 && served >= quota / 4 + (2 - kills) * 20) {
                kills -= 1;
                process.kill(place.record()?.pid ?? 0, "SIGKILL");
              }
            }
          } catch (error) {
            const { code } = error as { readonly code?: string };
            if (code === "QUOTA_EXCEEDED") return;
            await new Promise((resolve) => setTimeout(resolve, 20));
          } finally {
            client?.close();
          }
        }
      };
      await Promise.all(Array.from({ length: 64 }, one));
      // A reply that was lost with its process was granted as well: never more than the quota.
      if (killed) expect(served).toBeLessThanOrEqual(quota);
      else expect(served).toBe(quota);
    }
  },
);

test("the commands make, show, change, rotate and revoke keys", { timeout: 60_000 }, async () => {
  const place = throwaway();
  await place.cli(["set", "github/a"], "1");
  const terms = "--expires 30d --rate 60/min --quota 1000".split(" ");
  const rule = ["--allow", "get,list:github/**"];
  const made = await place.cli(["key", "create", "ci", ...rule, ...terms]);
  expect([made.status, made.stderr]).toEqual([0, ""]);
  expect(made.stdout).toMatch(/^srm_\w{10}_\w{43}_\w{6}\n$/);
  const file = join(place.home, "key");
  writeFileSync(file, made.stdout);
  chmodSync(file, 0o600);
  const withFile = (...args: string[]): ReturnType<typeof place.run> =>
    place.run("env", [
      `STRONGROOM_API_KEY_FILE=${file}`,
      process.execPath,
      join(import.meta.dirname, "../../packages/cli/bin/strongroom.js"),
      ...args,
    ]);
  expect((await withFile("get", "github/a")).stdout).toBe("1");
  expect((await withFile("list")).stdout).toBe("github/a\n");
  expect((await withFile("key", "list")).status).toBe(4);
  expect((await place.cli(["key", "list"])).stdout).toMatch(/^ci +\w{10} +active +until /);
  const shown = await place.cli(["key", "show", "ci", "--json"]);
  expect(JSON.parse(shown.stdout)).toMatchObject({ schema: 1, name: "ci", quota: 1000 });
  expect((await place.cli(["key", "update", "ci", "--deny", "get:github/a"])).status).toBe(0);
  expect((await withFile("get", "github/a")).status).toBe(4);
  const freed = await place.cli(["key", "update", "ci", "--no-quota", "--no-rate"]);
  expect(freed.status).toBe(0);
  const { quota, rate } = JSON.parse((await place.cli(["key", "show", "ci", "--json"])).stdout);
  expect([quota, rate]).toEqual([undefined, undefined]);
  const both = await place.cli(["key", "update", "ci", "--no-quota", "--quota", "5"]);
  expect([both.status, both.stderr]).toEqual([2, expect.stringContaining("not beside noQuota")]);
  const rotated = await place.cli(["key", "rotate", "ci"]);
  expect(rotated.stdout).toMatch(/^srm_/);
  expect((await withFile("list")).status).toBe(4);
  writeFileSync(file, rotated.stdout);
  expect((await withFile("list")).status).toBe(0);
  const slips: readonly (readonly [said: string, ...args: string[]])[] = [
    ["takes no --expires", "rotate", "ci", "--expires", "1h"],
    ["takes no --overlap", "update", "ci", "--overlap", "1m", "--quota", "5"],
    ["No option says it", "update", "ci"],
    ["key list takes no KEY", "list", "ci"],
    ["what may it do?", "create", "x", "--no-expiry"],
  ];
  for (const [said, ...args] of slips) {
    const slip = await place.cli(["key", ...args]);
    expect([args, slip.status, slip.stderr]).toEqual([args, 2, expect.stringContaining(said)]);
  }
  expect((await place.cli(["key", "rotate", "ci", "--overlap", "10m"])).status).toBe(0);
  expect((await place.cli(["key", "show", "ci"])).stdout).toMatch(/^expiresAt: +\d{4}-\d\d-\d\dT/m);
  const inTenMinutes = new Date(Date.now() + 600_000).toISOString().slice(0, 15);
  const inNine = new Date(Date.now() + 540_000).toISOString().slice(0, 15);
  const listed = (await place.cli(["key", "list"])).stdout.split("\n");
  expect(listed.filter((line) => line.includes(" active ")).length).toBe(2);
  expect(listed[1]).toMatch(new RegExp(`^ci .* until (?:${inTenMinutes}|${inNine})`));
  expect((await place.cli(["key", "revoke", "ci"])).status).toBe(0);
  expect((await withFile("list")).status).toBe(4);
  for (const args of [
    ["create", "x", "--allow", "get:**"],
    ["create", "x", "--allow", "nonsense", "--no-expiry"],
    ["create", "x", "--expires", "yesterday"],
    ["create", "x", "--no-expiry", "--rate", "many"],
    ["create"],
    ["create", "x", "y", "--no-expiry"],
    ["verify", "billing"],
    ["verify", "billing", "read"],
    ["verify", "billing", "read:a", "srm_of_somebody"],
    ["none"],
  ]) {
    expect([args, (await place.cli(["key", ...args])).status]).toEqual([args, 2]);
  }
});

test("the commands make keys of a service and judge them", { timeout: 60_000 }, async () => {
  const place = throwaway();
  await place.cli(["init"]);
  const terms = ["--allow", "read:/invoices/**", "--no-expiry", "--quota", "3"];
  const made = await place.cli(["key", "create", "shop", "--audience", "billing", ...terms]);
  expect([made.status, made.stderr]).toEqual([0, ""]);
  const judged = (asked: string, ...more: string[]): ReturnType<typeof place.cli> =>
    place.cli(["key", "verify", "billing", asked, ...more], made.stdout);
  expect(await judged("read:/invoices/7")).toMatchObject({ status: 0, stderr: "" });
  const shown = await judged("read:/invoices/7", "--json");
  expect(JSON.parse(shown.stdout)).toMatchObject({ schema: 1, name: "shop", remaining: 1 });
  const file = join(place.home, "key");
  writeFileSync(file, made.stdout);
  const inFile = ["verify", "mail", "read:/invoices/7", "--from-file", file];
  const answers = [
    await judged("read:/other"),
    await judged("read:/invoices/7", "--cost", "2"),
    await place.cli(["key", ...inFile]),
    await place.cli(["key", "verify", "billing", "read:/invoices/7"], "nonsense"),
  ];
  for (const answer of answers) expect(answer).toEqual({ ...answers[0], status: 4, stdout: "" });
  expect((await place.cli(["key", "list"])).stdout).toContain("for billing");
  expect((await judged("read:/a/../invoices/7")).status).toBe(2);
});

describe("a session token", () => {
  const narrow = { allow: ["get:in/*"], ttl: 60 } as const;

  test("makes a connection that is never the owner's, and lasts as long as its data key", async () => {
    const place = throwaway();
    const owner = await connected(place);
    await owner.set("in/a", "1");
    await owner.set("out", "2");
    const terms = { name: "k", allow: ["get,set:**"], ...forever };
    const { token } = await owner.change("key/create", terms, {});
    const parent = await withKey(place, token);
    onTestFinished(() => parent.close());
    const issued = await parent.call("session/issue", narrow);
    const raw = await RawClient.greeted(place.record()?.endpoint ?? "");
    const entered = await raw.call("session/authenticate", { token: issued.token });
    expect(entered.result?.["session"]).toMatchObject({ allow: ["get:in/*"], jti: issued.jti });
    expect((await raw.call("secret/get", { name: "in/a" })).result?.["value"]).toBe("1");
    for (const method of Object.keys(METHODS).filter((each) => each !== "hello")) {
      if (["secret/list", "session/jwks", "vault/status"].includes(method)) continue;
      const params = { name: "out", key: "k", token: "", operations: [], names: [] };
      const { error, result } = await raw.call(
        method,
        method === "secret/get" ? { name: "out" } : params,
      );
      expect([method, result, error?.data.code !== undefined]).toEqual([method, undefined, true]);
    }
    // The last of them was a credential, and none.
    expect((await raw.call("secret/get", { name: "in/a" })).error?.data.code).toBe("DENIED");

    const client = await withKey(place, issued.token);
    onTestFinished(() => client.close());
    expect((await client.get("in/a")).text()).toBe("1");
    process.kill(place.record()?.pid ?? 0, "SIGKILL");
    const again = await connected(place);
    expect((await (await withKey(place, issued.token)).get("in/a")).text()).toBe("1");
    await again.call("vault/rekey", {});
    expect(await codeOf(client.get("in/a"))).toBe("DENIED");
    expect(await codeOf(withKey(place, issued.token))).toBe("DENIED");
    const renewed = await (await withKey(place, token)).call("session/issue", narrow);
    const after = await withKey(place, renewed.token);
    onTestFinished(() => after.close());
    expect((await after.get("in/a")).text()).toBe("1");
  });

  test("is made by a command that acts with a key, and verified by the key that another prints", async () => {
    const place = throwaway();
    await place.cli(["set", "in/a"], "1");
    const made = await place.cli(["key", "create", "k", "--allow", "get:**", "--no-expiry"]);
    const as = (credential: string, ...args: string[]): ReturnType<typeof place.run> =>
      place.run("env", [
        `STRONGROOM_API_KEY=${credential.trim()}`,
        process.execPath,
        join(import.meta.dirname, "../../packages/cli/bin/strongroom.js"),
        ...args,
      ]);
    const token = await as(made.stdout, "key", "token", "--ttl", "1m", "--allow", "get:in/*");
    expect([token.status, token.stderr]).toEqual([0, ""]);
    expect((await as(token.stdout, "get", "in/a")).stdout).toBe("1");
    expect((await as(token.stdout, "get", "out")).status).toBe(4);
    expect((await as(token.stdout, "key", "token")).status).toBe(4);
    expect((await place.cli(["key", "token"])).status).toBe(4);
    expect((await as(made.stdout, "key", "token", "--ttl", "16m")).status).toBe(2);
    const { keys } = JSON.parse((await place.cli(["key", "jwks"])).stdout) as {
      readonly keys: readonly JsonWebKey[];
    };
    const key = createPublicKey({ key: keys[0] ?? {}, format: "jwk" });
    const [head = "", body = "", signature = ""] = token.stdout.trim().split(".");
    const text = Buffer.from(`${head}.${body}`);
    expect(verify(null, text, key, Buffer.from(signature, "base64url"))).toBe(true);
  });
});

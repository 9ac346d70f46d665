import { existsSync } from "node:fs";
import { join } from "node:path";
import { CLIPBOARD_FOLDERS } from "@strongroom/client/protocol";
import { METHODS } from "@strongroom/client/src/protocol/method-table.ts";
import type { TurnMethod } from "@strongroom/daemon/src/turn/turn.ts";
import { HANDLERS } from "@strongroom/daemon/src/handlers/table.ts";
import { statusOf } from "@strongroom/daemon/src/handlers/status.ts";
import { describe, expect, it } from "vitest";
import { codeOf, TestServices, TestVault } from "../../support/vault.ts";

const CREDENTIAL = {
  registration: {
    issuer: "https://as.example",
    tokenEndpoint: "https://as.example/token",
    revocationEndpoint: "https://as.example/revoke",
    clientId: "c",
    clientAuth: "none",
  },
  scopes: ["a"],
  tokens: { accessToken: "access", expiresIn: 3600, refreshToken: "refresh" },
} as const;

async function putCredentials(vault: TestVault): Promise<void> {
  for (const name of ["o", "other"]) await vault.call("oauth/put", { ...CREDENTIAL, name });
  await vault.call("oauth/put", { ...CREDENTIAL, name: "imported", shared: true });
}

const PARAMS: { readonly [M in TurnMethod]: object } = {
  "approval/add": { path: "/project/.env", sha256: "a".repeat(64) },
  "approval/list": {},
  "approval/remove": { path: "/approved/.env" },
  "audit/list": { client: "owner", name: "*", since: 1, limit: 5 },
  "audit/policy": { keys: "lazy", owner: "off", keepBytes: 1_048_576 },
  "audit/verify": {},
  "clipboard/clear": {
    tool: "xclip",
    display: { DISPLAY: ":none" },
    sha256: "a".repeat(64),
    after: 3_600_000,
  },
  "clock/accept": {},
  "daemon/stop": {},
  "key/create": { name: "k2", allow: ["get:**"], noExpiry: true, rate: { count: 1, perMs: 1000 } },
  "key/list": {},
  "key/revoke": { key: "k" },
  "key/rotate": { key: "other", overlapMs: 1000 },
  "key/show": { key: "k" },
  "key/update": { key: "other", deny: ["get:x"], quota: 5 },
  "key/verify": { token: "", action: "read", resource: "a" },
  "lease/acquire": { name: "l", ttl: 1000, wait: 0 },
  "lease/release": { name: "l", token: 1 },
  "lease/renew": { name: "held", token: 2 ** 30, ttl: 1000 },
  "oauth/adopt": { name: "imported", sourceIsRetired: true },
  "oauth/discover": { url: "https://auth.example" },
  "oauth/export-refresh": { name: "o" },
  "oauth/list": {},
  "oauth/login": { name: "fresh", url: "https://auth.example", flow: "device", scopes: ["a"] },
  "oauth/login-wait": { flight: "a-flight" },
  "oauth/put": { ...CREDENTIAL, name: "o2", account: "me", subject: "s" },
  "oauth/remove": { name: "other" },
  "oauth/report": { name: "o", generation: 1 },
  "oauth/revoke": { name: "o" },
  "oauth/show": { name: "o" },
  "oauth/token": { name: "o", minTtl: 60, scopes: ["a"] },
  "recipe/list": {},
  "recipe/remove": { name: "deploy" },
  "recipe/set": {
    name: "another",
    description: "what it is for",
    argv: ["/bin/echo", "{n:integer}"],
    folder: "/",
    environment: [{ variable: "A", name: "a", field: "f", version: 1 }],
  },
  "renewer/list": { pattern: "*" },
  "renewer/remove": { name: "renewed" },
  "renewer/set": { name: "a", argv: ["/bin/sh", "-c", "date"], lifetimeMs: 1000, serveStale: true },
  "secret/delete": { name: "b" },
  "secret/get": { name: "a" },
  "secret/history": { name: "a" },
  "secret/list": { all: true, limit: 1 },
  "secret/purge": { name: "c" },
  "secret/restore": { name: "a", version: 1 },
  "secret/set": { name: "d", value: "v", metadata: { tags: ["t"] } },
  "session/authenticate": { token: "" },
  "session/issue": { allow: ["get:**"], ttl: 60 },
  "session/jwks": {},
  "session/own": { passphrase: "p" },
  "slot/add": { type: "recipient", recipient: `age1${"q".repeat(58)}`, label: "safe" },
  "slot/list": {},
  "slot/remove": { slot: "0123456789abcdef", keepDataKey: true },
  "vault/backup": {},
  "vault/batch": {
    operations: [
      { op: "set", name: "e", value: "v" },
      { op: "check", name: "none", expect: { absent: true } },
      { op: "restore", name: "a", version: 1 },
      { op: "delete", name: "e" },
      { op: "clear", prefix: "zz" },
    ],
  },
  "vault/compact": {},
  "vault/confirm": {},
  "vault/policy": { requireKey: false },
  "vault/read": {
    names: ["a", "none"],
    versions: [1, 0],
    approvals: [{ path: "/approved/.env", sha256: "b".repeat(64) }],
  },
  "vault/rekey": {},
  "vault/status": { detail: true },
  "vault/verify": {},
  "watch/start": { pattern: "*", since: 0, wait: 0 },
};

const hasXclip = (folder: string): boolean => existsSync(join(folder, "xclip"));
const APPROVED = { path: "/approved/.env", sha256: "b".repeat(64) } as const;
const RECIPE = { name: "deploy", argv: ["/bin/echo"], folder: "/", environment: [] } as const;
const RENEWER = { name: "renewed", argv: ["/bin/sh"], lifetimeMs: 1000 } as const;

describe("the table of handlers", () => {
  it("is sorted and holds every method but the handshake and those of the lock", () => {
    const names = Object.keys(HANDLERS);
    expect(names).toEqual(names.toSorted());
    const elsewhere = ["hello", "vault/lock", "vault/unlock"];
    expect(names).toEqual(Object.keys(METHODS).filter((name) => !elsewhere.includes(name)));
  });

  it.each(Object.keys(HANDLERS) as TurnMethod[])(
    "answers %s as the contract says",
    async (method) => {
      const vault = new TestVault();
      for (const name of ["a", "b", "c"]) await vault.set(name, "v");
      const terms = { allow: ["get:**"], noExpiry: true } as const;
      await vault.call("key/create", { name: "k", ...terms });
      const { token } = await vault.call("key/create", { name: "other", ...terms });
      const service = { audience: "s", allow: ["read:**"], noExpiry: true, quota: 9 } as const;
      const presented = await vault.call("key/create", { name: "service", ...service });
      const given =
        method === "session/authenticate"
          ? { token }
          : method === "key/verify"
            ? { ...PARAMS[method], token: presented.token }
            : PARAMS[method];
      const params = METHODS[method].params.parse(given, "params");
      await putCredentials(vault);
      await vault.call("renewer/set", RENEWER);
      await vault.call("approval/add", APPROVED);
      await vault.call("recipe/set", RECIPE);
      await vault.call("lease/acquire", { name: "held", ttl: 1000 });
      const { id } = await vault.call("key/show", { key: "k" });
      const caller = method === "session/issue" ? { key: id } : {};
      if (method === "clipboard/clear" && !CLIPBOARD_FOLDERS.some(hasXclip)) return;
      const result = await vault.call(method, params, caller);
      expect(METHODS[method].result.parse(result, "result")).toEqual(result);
    },
  );

  it("counts in the bytes of a frame at least what the frame then takes", async () => {
    const vault = new TestVault();
    for (const name of ["a", "b", "c"]) await vault.set(name, "v");
    for (const name of ["k", "other"]) {
      await vault.call("key/create", { name, allow: ["get:**"], noExpiry: true });
    }
    await putCredentials(vault);
    await vault.call("renewer/set", RENEWER);
    await vault.call("approval/add", APPROVED);
    await vault.call("recipe/set", RECIPE);
    for (const method of Object.keys(HANDLERS) as TurnMethod[]) {
      const handler = HANDLERS[method];
      if (handler.kind !== "write") continue;
      const params = { ...PARAMS[method], requestId: method } as never;
      const before = vault.log.frames.length;
      await vault.call(method, params);
      const taken = vault.log.frames[before]?.length ?? 0;
      expect(taken).toBeGreaterThan(0);
      expect(handler.bytes(params), method).toBeGreaterThanOrEqual(taken);
    }
  });
});

describe("the daemon's own methods", () => {
  it("back up what is durable, as records that open again", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    expect(await vault.call("vault/backup", {})).toEqual({ file: "/backups/one.age", revision: 1 });
    expect(vault.services.backups[0]).toEqual([...vault.state.copy()]);
  });

  it("stop the daemon, also while everything else is refused", async () => {
    const vault = new TestVault();
    vault.log.stolen = true;
    expect(await codeOf(vault.set("a", "1"))).toBe("DURABILITY_UNKNOWN");
    expect(await codeOf(vault.call("vault/verify", {}))).toBe("DURABILITY_UNKNOWN");
    expect(await vault.call("daemon/stop", {})).toEqual({ revision: 0 });
    expect(vault.services.stopped).toBe(1);
  });

  it("say how a loss would be met, and that one was", async () => {
    const vault = new TestVault();
    expect(await vault.call("vault/status", {})).toMatchObject({
      slots: 1,
      backupAt: null,
      restored: { revision: 7, time: null },
    });
    Object.assign(vault.services.custody, { restored: undefined, backupAt: async () => 12 });
    const status = await vault.call("vault/status", {});
    expect(status).toMatchObject({ backupAt: 12, restored: null });
  });

  it("say null for what a vault that is not open cannot know", () => {
    const status = statusOf(new TestServices().figures(), undefined, true);
    expect(status.secrets).toBeNull();
    expect(status.detail).toMatchObject({
      epoch: null,
      journalBytes: null,
      mark: null,
      lock: "none",
    });
    expect(METHODS["vault/status"].result.parse(status, "result")).toEqual(status);
  });
});

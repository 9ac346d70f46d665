import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keySocketOf, METHODS } from "@strongroom/client/protocol";
import { expect, onTestFinished, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import type { JailOrders, JailReport } from "../support/jailed-process.ts";
import { credential } from "../support/oauth/credential.ts";
import { finish } from "../support/processes.ts";

/** A shell that may mount: root in a user namespace of its own. */
const UNSHARE = ["--user", "--map-root-user", "--mount", "--", "sh", "-c"] as const;
const jails = spawnSync("unshare", [...UNSHARE, "true"]).status === 0;
if (!jails) console.log("skipped: this system gives nobody a mount namespace (unshare)");

const PROGRAM = join(import.meta.dirname, "../support/jailed-process.ts");
/** Hides the home behind nothing, and gives the key socket another name. */
const SCRIPT = `
  touch "$JAIL/key.sock" && mount --bind "$DOOR" "$JAIL/key.sock" &&
  mount -t tmpfs none "$HIDDEN" &&
  exec "$NODE" --import tsx -C strongroom-source "$PROGRAM" "$HIDDEN" "$JAIL/key.sock"`;

async function jailed(home: string, door: string, orders: JailOrders): Promise<JailReport> {
  const jail = mkdtempSync(join(tmpdir(), "sr-jail-"));
  onTestFinished(() => rmSync(jail, { recursive: true, force: true }));
  const [JAIL, HIDDEN, DOOR, NODE] = [jail, home, door, process.execPath];
  const child = spawn("unshare", [...UNSHARE, SCRIPT], {
    cwd: join(import.meta.dirname, ".."),
    env: { PATH: process.env["PATH"], JAIL, HIDDEN, DOOR, NODE, PROGRAM },
  });
  const { status, stderr, stdout } = await finish(child, JSON.stringify(orders));
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as JailReport;
}

/** Every file of a home, as it stands outside. */
function filesOf(home: string): string[] {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const OUTSIDE: Readonly<Record<string, object>> = {
  "approval/add": { path: "/out", sha256: "0".repeat(64) },
  "approval/remove": { path: "/out" },
  "clipboard/clear": { tool: "xclip", display: {}, sha256: "0".repeat(64), after: 1000 },
  "key/create": { name: "x", allow: ["*:**"], noExpiry: true },
  "key/list": {},
  "key/verify": { token: "", action: "read", resource: "a" },
  "lease/acquire": { name: "out", ttl: 1000 },
  "lease/release": { name: "out", token: 1 },
  "lease/renew": { name: "out", token: 1, ttl: 1000 },
  "oauth/adopt": { name: "out", sourceIsRetired: true },
  "oauth/discover": { url: "https://127.0.0.1:1" },
  "oauth/list": {},
  "oauth/login": { name: "out", url: "https://127.0.0.1:1" },
  "oauth/login-wait": { flight: "out" },
  "oauth/put": credential("out"),
  "oauth/report": { name: "out", generation: 1 },
  "recipe/remove": { name: "out" },
  "recipe/set": { name: "out", argv: ["/bin/sh"], folder: "/", environment: [] },
  "renewer/list": {},
  "renewer/remove": { name: "out" },
  "renewer/set": { name: "out", argv: ["/bin/sh"], lifetimeMs: 1000 },
  "secret/list": {},
  "secret/restore": { name: "out", version: 1 },
  "secret/set": { name: "out", value: "3" },
  "slot/add": { type: "recipient", recipient: `age1${"q".repeat(58)}` },
  "slot/remove": { slot: "0".repeat(16) },
  "vault/batch": { operations: [{ op: "clear", prefix: "o" }] },
  "session/issue": { ttl: 1, allow: ["get:out"] },
  "vault/policy": { requireKey: false },
  "watch/start": { since: 0, wait: 0 },
  "vault/read": { names: ["out"] },
};

function paramsOf(method: string): object {
  const about = method.startsWith("key/") ? { key: "k" } : {};
  const named = /^(?:oauth|secret)\//.test(method) ? { name: "out" } : about;
  return OUTSIDE[method] ?? named;
}

test.skipIf(!jails)(
  "whoever sees the socket of the keys and nothing else gets nothing outside the scope",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const owner = await connected(place);
    await owner.set("in/a", "1");
    await owner.set("out", "2");
    const terms = { name: "k", allow: ["*:in/**"], noExpiry: true } as const;
    const { token } = await owner.change("key/create", terms, {});
    // Nothing of the home may be elsewhere.
    mkdirSync(join(place.home, "mine"));
    writeFileSync(join(place.home, "mine/file"), "x");
    const { endpoint = "" } = place.record() ?? {};
    expect(endpoint).toContain(place.home);
    const files = filesOf(place.home);
    expect(files).toContain(join(place.home, "config/keyfile"));
    const methods = Object.keys(METHODS).filter(
      (method) => method !== "hello" && method !== "session/authenticate",
    );
    const asks = methods.map((method) => ({ method, params: paramsOf(method) }));
    const orders = { token, owner: endpoint, files, asks };
    const seen = await jailed(place.home, keySocketOf(endpoint), orders);
    expect(seen.home).toEqual([]);
    expect(seen.read).toEqual([]);
    expect(seen.owner).toBe("ENOENT");
    expect(Object.keys(seen.without)).toEqual(methods);
    for (const [method, answer] of Object.entries(seen.without)) {
      expect([method, answer]).toEqual([method, "DENIED"]);
    }
    const answered = Object.entries(seen.with).filter(([, answer]) => answer !== "DENIED");
    expect(Object.fromEntries(answered)).toMatchObject({
      "secret/list": { secrets: [{ name: "in/a" }] },
      "vault/read": { secrets: [null] },
      "vault/status": { state: "open" },
      "watch/start": { events: [{ event: "set", name: "in/a" }] },
    });
    // A token is never more than its key, and the public key is nobody's secret.
    const others = answered
      .map(([method]) => method)
      .filter((each) => !each.startsWith("session/"));
    expect(others).toEqual([
      "recipe/list",
      "secret/list",
      "vault/read",
      "vault/status",
      "watch/start",
    ]);
    expect(answered.length).toBeLessThanOrEqual(7);
    expect(JSON.stringify(answered)).not.toMatch(new RegExp(`"out"|${place.home}`));
    expect((await owner.get("out")).text()).toBe("2");
  },
);

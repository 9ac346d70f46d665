import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { METHODS } from "@strongroom/client/protocol";
import { expect, onTestFinished, test } from "vitest";
import { isAlive } from "../support/alive.ts";
import { connected, throwaway } from "../support/connected.ts";
import { until } from "../support/processes.ts";
import { RawClient } from "../support/raw-client.ts";

const NAME = "mcp/a";
const REFRESH = "CANARY-refresh-7f1c2b";
const SECRET = "CANARY-secret-90ad11";
const CANARY = /CANARY|Q0FOQVJZ|43414e415259/i;

/** These end the daemon, or what it is asked with, or show the canary as they should. */
const APART = new Set([
  "daemon/stop",
  "hello",
  "oauth/export-refresh",
  "oauth/remove",
  "vault/lock",
]);

/** Params that every method takes for this name, or for the vault. */
function paramsOf(method: string): object {
  const given: { readonly [method: string]: object } = {
    "key/create": { name: "k2", allow: ["*:**"], noExpiry: true },
    "key/verify": { token: "", action: "read", resource: NAME },
    "oauth/adopt": { name: NAME, sourceIsRetired: true },
    "oauth/put": { name: NAME, registration: {}, scopes: [] },
    "oauth/report": { name: NAME, generation: 1 },
    "secret/list": { pattern: "**", all: true },
    "secret/restore": { name: NAME, version: 1 },
    "secret/set": { name: NAME, value: "v" },
    "session/authenticate": { token: REFRESH },
    "session/issue": { allow: ["token:**"] },
    "slot/add": { type: "recipient", recipient: "age1" },
    "slot/remove": { slot: "0".repeat(16) },
    "vault/batch": { operations: [{ op: "check", name: NAME, expect: { absent: true } }] },
    "vault/policy": { requireKey: false },
    "vault/read": { names: [NAME] },
    "vault/status": { detail: true },
  };
  if (given[method] !== undefined) return given[method];
  if (/^(?:oauth|secret)\/(?!list)/.test(method)) return { name: NAME };
  return method.startsWith("key/") && method !== "key/list" ? { key: "k" } : {};
}

test(
  "no method but one says a refresh token or the secret of a client, nor does any file but the vault's",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const owner = await connected(place);
    const credential = {
      registration: {
        // Nobody listens there: the token is not sent.
        issuer: "http://127.0.0.1:9",
        tokenEndpoint: "http://127.0.0.1:9/token",
        revocationEndpoint: "http://127.0.0.1:9/revoke",
        clientId: "client",
        clientAuth: "client_secret_basic",
        clientSecret: SECRET,
        privateHost: "127.0.0.1",
      },
      scopes: ["read"],
      tokens: { accessToken: "an-access-token", expiresIn: 0, refreshToken: REFRESH },
    } as const;
    await owner.change("oauth/put", { name: NAME, ...credential });
    const terms = { name: "k", allow: ["*:**"], noExpiry: true } as const;
    const { token } = await owner.change("key/create", terms, {});
    const endpoint = place.record()?.endpoint ?? "";
    const methods = Object.keys(METHODS).filter((method) => !APART.has(method));
    const said: string[] = [];
    for (const credentialOf of [undefined, token]) {
      for (const method of methods) {
        const raw = await RawClient.greeted(endpoint);
        onTestFinished(() => raw.destroy());
        if (credentialOf !== undefined)
          await raw.call("session/authenticate", { token: credentialOf });
        for (const params of [
          paramsOf(method),
          { name: NAME },
          { key: NAME },
          { name: NAME, x: REFRESH },
        ]) {
          said.push(JSON.stringify(await raw.call(method, params)));
        }
        raw.destroy();
      }
    }
    expect(said.length).toBeGreaterThan(300);
    expect(said.filter((each) => CANARY.test(each))).toEqual([]);
    // It was there all the time, and is shown where it should be, which is recorded always.
    await owner.call("audit/policy", { owner: "off" });
    const exported = await place.cli(["oauth", "export-refresh", NAME]);
    expect([exported.status, exported.stdout]).toEqual([0, REFRESH]);
    const { entries } = await owner.call("audit/list", {});
    expect(entries).toContainEqual(
      expect.objectContaining({ operation: "oauth/export-refresh", name: NAME, actor: "owner" }),
    );
    for (const line of [
      ["oauth", "list", "--json"],
      ["oauth", "list"],
      ["oauth", "doctor"],
      ["token", NAME],
      ["audit"],
      ["status"],
      ["doctor"],
      ["get", NAME],
      ["list", "--json"],
    ]) {
      const { stderr, stdout } = await place.cli(line);
      expect([line, CANARY.test(stdout + stderr)]).toEqual([line, false]);
    }
    const put = await place.cli(
      ["oauth", "put", "other"],
      `{"tokens": {"refreshToken": "${REFRESH}"}, oops`,
    );
    expect([put.status, CANARY.test(put.stdout + put.stderr)]).toEqual([2, false]);
    const pid = place.record()?.pid ?? 0;
    await owner.stop();
    await until("the end of the daemon", () => !isAlive(pid));
    const files = readdirSync(place.home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((path) => CANARY.test(readFileSync(path, "latin1")))).toEqual([]);
  },
);

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoginAsked } from "@strongroom/daemon/src/oauth/login/attempt.ts";
import type { SignedIn } from "@strongroom/daemon/src/oauth/login/ground.ts";
import { Logins } from "@strongroom/daemon/src/oauth/login/logins.ts";
import { networkProvider } from "@strongroom/daemon/src/oauth/token-endpoint.ts";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CLIENT_ID } from "../../../support/oauth/authorization-server.ts";
import { Browser } from "../../../support/oauth/browser.ts";
import { startRig } from "../../../support/oauth/rig.ts";
import type { LocalRig } from "../../../support/oauth/rig.ts";

const configFolder = mkdtempSync(join(tmpdir(), "strongroom-logins-"));
afterAll(() => rmSync(configFolder, { recursive: true }));

const http = { configFolder, deadlineMs: 5000 };
const never = new AbortController().signal;
const provider = networkProvider(http);

/** Waits no longer than a moment, and keeps how long it was told to. */
const waits: number[] = [];
const hasty = (ms: number): Promise<void> => {
  waits.push(ms);
  return new Promise((resolve) => setTimeout(resolve, 5));
};

let rig: LocalRig;
let logins: Logins<SignedIn>;
const commits: SignedIn[] = [];
beforeEach(async () => {
  rig = await startRig();
  logins = new Logins({ http, provider, pause: hasty });
  commits.length = 0;
  waits.length = 0;
});
afterEach(async () => {
  vi.unstubAllGlobals();
  logins.close();
  await rig.close();
});

const SCOPES = ["openid", "offline_access", "read"];

function asked(more: Partial<LoginAsked> = {}): LoginAsked {
  return { url: rig.issuer, flow: "loopback", clientId: CLIENT_ID, scopes: SCOPES, ...more };
}

function begin(more: Partial<LoginAsked> = {}, name = "x"): ReturnType<typeof logins.begin> {
  return logins.begin(name, asked(more), (signedIn) => {
    commits.push(signedIn);
    return Promise.resolve(signedIn);
  });
}

async function gone(uri: string): Promise<void> {
  await expect(fetch(`${uri}?code=1`)).rejects.toThrow("fetch failed");
}

const redirectOf = (url: string): string => new URL(url).searchParams.get("redirect_uri") ?? "";

describe("signing in through a browser", () => {
  it("ends in tokens that can be refreshed, of whoever signed in", async () => {
    const { done, joined, shown } = begin();
    expect(joined).toBe(false);
    const began = Date.now();
    const { expiresAt, url, ...rest } = await shown;
    expect(rest).toEqual({ issuer: rig.issuer, clientId: CLIENT_ID, scopes: SCOPES });
    expect(expiresAt - began).toBeGreaterThan(290_000);
    expect(expiresAt - Date.now()).toBeLessThanOrEqual(300_000);
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      response_type: "code",
      code_challenge_method: "S256",
      prompt: "consent",
    });
    const page = await new Browser().signInAndReturn(url);
    expect(page.status).toBe(200);
    const { granted, registration, scopes } = await done;
    expect(registration).toEqual({
      issuer: rig.issuer,
      tokenEndpoint: `${rig.issuer}/token`,
      revocationEndpoint: `${rig.issuer}/token/revocation`,
      clientId: CLIENT_ID,
      clientAuth: "none",
      privateHost: "127.0.0.1",
    });
    expect({ scopes, subject: granted.subject }).toEqual({ scopes: SCOPES, subject: "alice" });
    expect(granted).toMatchObject({ tokenType: "Bearer", expiresIn: 3600 });
    await gone(redirectOf(url));
    const refreshToken = granted.refreshToken ?? "";
    expect(await provider.redeem(registration, { refreshToken }, never)).toMatchObject({
      kind: "granted",
    });
    expect(await rig.counts()).toMatchObject({ codes: 1, logins: 1, registrations: 0 });
  });

  it("needs no more than the URL of an MCP server", async () => {
    const resource = `${rig.issuer}/mcp`;
    rig.answer("/.well-known/oauth-protected-resource/mcp", 200, {
      resource,
      authorization_servers: [rig.issuer],
      scopes_supported: ["read", "write"],
    });
    const { done, shown } = logins.begin("mcp", { url: resource, flow: "loopback" }, (signedIn) =>
      Promise.resolve(signedIn),
    );
    const { scopes, url } = await shown;
    expect(scopes).toEqual(["read", "write", "openid", "offline_access"]);
    await new Browser().signInAndReturn(url);
    const { granted, registration } = await done;
    expect(registration).toMatchObject({ resource, clientAuth: "none" });
    expect(registration.clientId).not.toBe(CLIENT_ID);
    expect(granted.subject).toBe("alice");
    const refreshToken = granted.refreshToken ?? "";
    expect(await provider.redeem(registration, { refreshToken }, never)).toMatchObject({
      kind: "granted",
    });
    expect(await rig.counts()).toMatchObject({ registrations: 1, codes: 1 });
  });

  it("has one page, one code and one commit for twelve who ask at once", async () => {
    const all = Array.from({ length: 12 }, () => begin());
    expect(all.map(({ joined }) => joined)).toEqual([
      false,
      ...Array.from({ length: 11 }, () => true),
    ]);
    const pages = await Promise.all(all.map(({ shown }) => shown));
    expect(new Set(pages.map(({ url }) => url)).size).toBe(1);
    await new Browser().signInAndReturn(pages[0]?.url ?? "");
    const ends = await Promise.all(all.map(({ id }) => logins.wait(id).done));
    expect(new Set(ends).size).toBe(1);
    expect(commits.length).toBe(1);
    expect(await rig.counts()).toMatchObject({ codes: 1, logins: 1 });
    expect(() => begin({ scopes: ["openid"] })).not.toThrow();
  });

  it("is not shared by whoever asks for something else under that name", async () => {
    const { shown } = begin();
    expect(() => begin({ scopes: ["openid"] })).toThrow(
      expect.objectContaining({ code: "CONFLICT" }) as Error,
    );
    await shown;
  });

  it("takes no answer with another state, issuer or code", async () => {
    const outcomes: unknown[] = [];
    const changes: ((answer: URL) => void)[] = [
      (answer) => answer.searchParams.set("state", "another"),
      (answer) => answer.searchParams.delete("state"),
      (answer) => answer.searchParams.set("iss", "https://evil.example"),
      (answer) => answer.searchParams.delete("iss"),
      (answer) => answer.searchParams.append("state", "another"),
      (answer) => answer.searchParams.delete("code"),
    ];
    for (const change of changes) {
      const { done, shown } = begin();
      const { url } = await shown;
      const answer = new URL(await new Browser().signIn(url));
      change(answer);
      expect((await fetch(answer)).status).toBe(200);
      outcomes.push(await done.catch((error: unknown) => error));
      await gone(redirectOf(url));
    }
    const refused = (code: string): unknown => expect.objectContaining({ code }) as unknown;
    expect(outcomes).toEqual([
      ...Array.from({ length: 5 }, () => refused("DENIED")),
      refused("UNAVAILABLE"),
    ]);
    expect(commits).toEqual([]);
    expect(await rig.counts()).toMatchObject({ codes: 0 });
  });

  it("redeems no code that was given for another page", async () => {
    const other = begin({}, "other");
    const { done, shown } = begin();
    const stolen = new URL(await new Browser().signIn((await other.shown).url));
    const { url } = await shown;
    const answer = new URL(redirectOf(url));
    answer.search = new URLSearchParams({
      code: stolen.searchParams.get("code") ?? "",
      state: new URL(url).searchParams.get("state") ?? "",
      iss: rig.issuer,
    }).toString();
    await fetch(answer);
    await expect(done).rejects.toMatchObject({ code: "INVALID" });
    expect(commits).toEqual([]);
  });

  it("says so when it is refused in the browser", async () => {
    const { done, shown } = begin();
    const { url } = await shown;
    const answer = new URL(redirectOf(url));
    const state = new URL(url).searchParams.get("state") ?? "";
    answer.search = `error=access_denied&error_description=canary&state=${state}&iss=${rig.issuer}`;
    await fetch(answer);
    const failure: unknown = await done.catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "DENIED" });
    expect(String(failure)).not.toContain("canary");
  });

  it("gives the grant back to the server when it cannot be stored", async () => {
    const full = new Error("no room");
    const { done, shown } = logins.begin("x", asked(), () => Promise.reject(full));
    await new Browser().signInAndReturn((await shown).url);
    await expect(done).rejects.toBe(full);
    expect(await rig.counts()).toMatchObject({ codes: 1, revocations: 1 });
  });

  it("ends with the last who waits for it", async () => {
    const { done, id, shown } = begin();
    const { url } = await shown;
    const [one, other] = [logins.wait(id), logins.wait(id)];
    one.leave();
    one.leave();
    await expect(Promise.race([done, shown])).resolves.toMatchObject({ url });
    other.leave();
    await expect(done).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await gone(redirectOf(url));
    expect(begin().joined).toBe(false);
    expect(() => logins.wait("nothing")).toThrow(
      expect.objectContaining({ code: "NOT_FOUND" }) as Error,
    );
  });

  it("ends with the daemon", async () => {
    const { done, shown } = begin();
    const { url } = await shown;
    logins.close();
    await expect(done).rejects.toMatchObject({ code: "CLOSING" });
    await gone(redirectOf(url));
    expect(() => begin()).toThrow(expect.objectContaining({ code: "CLOSING" }) as Error);
  });

  it("needs a server that takes PKCE, and registers or knows a client", async () => {
    const metadata = {
      issuer: rig.issuer,
      authorization_endpoint: `${rig.issuer}/auth`,
      token_endpoint: `${rig.issuer}/token`,
    };
    const page = "/.well-known/oauth-authorization-server";
    rig.answer(page, 200, { ...metadata, code_challenge_methods_supported: ["plain"] });
    await expect(begin().shown).rejects.toMatchObject({ code: "INVALID" });
    rig.answer(page, 200, metadata);
    const { shown } = logins.begin("y", { url: rig.issuer, flow: "loopback" }, () =>
      Promise.reject(new Error("never")),
    );
    await expect(shown).rejects.toMatchObject({
      code: "INVALID",
      hint: expect.stringContaining("--client-id") as string,
    });
  });

  it("never asks through the fetch of Node", async () => {
    const { done, shown } = logins.begin("y", { url: rig.issuer, flow: "loopback" }, (signedIn) =>
      Promise.resolve(signedIn),
    );
    const { url } = await shown;
    const answer = await new Browser().signIn(url);
    const { fetch: real } = globalThis;
    await real(answer);
    const fetch = vi.fn<() => never>();
    vi.stubGlobal("fetch", fetch);
    await done;
    expect(fetch).not.toHaveBeenCalled();
  });
});

describe("signing in on another device", () => {
  it("shows a code, waits as the server says, and ends in tokens", async () => {
    const { done, shown } = begin({ flow: "device" });
    const { url, userCode, verificationUri } = await shown;
    expect(userCode).toMatch(/^[\w-]{4,}$/);
    expect(verificationUri).toBe(`${rig.issuer}/device`);
    expect(url).toBe(`${rig.issuer}/device?user_code=${userCode}`);
    while (waits.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(waits.slice(0, 3)).toEqual([5000, 5000, 5000]);
    await new Browser().allowDevice(url);
    const { granted, scopes } = await done;
    expect({ scopes, subject: granted.subject }).toEqual({ scopes: SCOPES, subject: "alice" });
    expect(granted.refreshToken).toBeTypeOf("string");
    expect(await rig.counts()).toMatchObject({ codes: 1 });
  });

  /** A server that answers the questions for tokens so, one after the other. */
  function answering(
    answers: readonly (readonly [number, object])[],
    more: object = {},
  ): ReturnType<typeof begin> {
    rig.answer("/.well-known/oauth-authorization-server", 200, {
      issuer: rig.issuer,
      token_endpoint: `${rig.issuer}/polled`,
      device_authorization_endpoint: `${rig.issuer}/devices`,
    });
    rig.answer("/devices", 200, {
      device_code: "d",
      user_code: "ABCD",
      verification_uri: `${rig.issuer}/device`,
      expires_in: 600,
      ...more,
    });
    let n = 0;
    rig.answerEach("/polled", () => answers[Math.min((n += 1), answers.length) - 1] ?? [500, {}]);
    return begin({ flow: "device" });
  }

  const pending = [400, { error: "authorization_pending" }] as const;
  const tokens = [200, { access_token: "a", token_type: "bearer" }] as const;

  it("asks more slowly when it is told to, or is not answered", async () => {
    const slow = [400, { error: "slow_down" }] as const;
    const { done } = answering([pending, slow, pending, slow, [503, {}], pending, tokens]);
    const { granted } = await done;
    expect(granted).toEqual({ accessToken: "a", tokenType: "Bearer" });
    expect(waits).toEqual([5000, 5000, 10_000, 10_000, 15_000, 20_000, 20_000]);
  });

  it("waits as long as the server says between two questions", async () => {
    await answering([pending, tokens], { interval: 7 }).done;
    expect(waits).toEqual([7000, 7000]);
  });

  it("ends when it is refused, or nobody came in time", async () => {
    await expect(answering([[400, { error: "access_denied" }]]).done).rejects.toMatchObject({
      code: "DENIED",
    });
    await expect(answering([[400, { error: "expired_token" }]]).done).rejects.toMatchObject({
      code: "TIMEOUT",
    });
    await expect(answering([pending], { expires_in: 12 }).done).rejects.toMatchObject({
      code: "TIMEOUT",
    });
    await expect(answering([[400, { error: "invalid_client" }]]).done).rejects.toMatchObject({
      code: "INVALID",
    });
  });

  it.each([
    { verification_uri: "http://169.254.169.254/" },
    { verification_uri: "javascript:alert(1)" },
    { verification_uri_complete: "https://[::1]/device" },
    { user_code: "\u001b[2J" },
    { user_code: "x".repeat(65) },
  ])("shows nothing that it should not: %j", async (more) => {
    const { shown } = answering([pending], more);
    await expect(shown).rejects.toMatchObject({
      code: expect.stringMatching(/DENIED|INVALID/) as string,
    });
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Registration } from "@strongroom/daemon/src/oauth/provider.ts";
import { networkProvider } from "@strongroom/daemon/src/oauth/token-endpoint.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { SECRET_CLIENT } from "../../support/oauth/authorization-server.ts";
import { startRig } from "../../support/oauth/rig.ts";
import type { LocalRig } from "../../support/oauth/rig.ts";
import { startRigProcess } from "../../support/oauth/rig-handle.ts";

const configFolder = mkdtempSync(join(tmpdir(), "strongroom-oauth-"));
afterAll(() => rmSync(configFolder, { recursive: true }));

const provider = networkProvider({ configFolder, deadlineMs: 3000 });
const never = new AbortController().signal;

describe("the token endpoint of a real authorization server", () => {
  let rig: LocalRig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig.close());
  afterEach(() => rig.fault());

  const redeem = (registration: Registration, refreshToken: string, scopes?: readonly string[]) =>
    provider.redeem(
      registration,
      { refreshToken, ...(scopes === undefined ? {} : { scopes }) },
      never,
    );

  it("gives new tokens for a refresh token, and kills the grant of one that comes twice", async () => {
    const { refreshToken, registration } = await rig.grant();
    const first = await redeem(registration, refreshToken);
    expect(first).toMatchObject({
      kind: "granted",
      granted: {
        tokenType: "Bearer",
        expiresIn: 3600,
        scopes: ["openid", "offline_access", "read"],
      },
    });
    const next = first.kind === "granted" ? first.granted.refreshToken : undefined;
    expect(next).toBeTypeOf("string");
    expect(next).not.toBe(refreshToken);
    expect(await redeem(registration, refreshToken)).toEqual({
      kind: "rejected",
      error: "invalid_grant",
    });
    expect(await redeem(registration, next ?? "")).toMatchObject({ kind: "rejected" });
    expect(await rig.counts()).toMatchObject({ redemptions: 1, reuse: 1, presentations: 3 });
  });

  it("gives fewer scopes where fewer are asked for", async () => {
    const { refreshToken, registration } = await rig.grant();
    expect(await redeem(registration, refreshToken, ["openid"])).toMatchObject({
      kind: "granted",
      granted: { scopes: ["openid"] },
    });
  });

  it("tells what the owner must mend from what is dead", async () => {
    const { refreshToken, registration } = await rig.grant();
    const stranger = { ...registration, clientId: "nobody" };
    expect(await redeem(stranger, refreshToken)).toEqual({
      kind: "misconfigured",
      error: "invalid_client",
    });
    expect(await redeem(registration, refreshToken, ["write"])).toEqual({
      kind: "misconfigured",
      error: "invalid_scope",
    });
    const elsewhere = { ...registration, tokenEndpoint: `${rig.issuer}/nowhere` };
    expect(await redeem(elsewhere, refreshToken)).toEqual({
      kind: "misconfigured",
      error: "status 404",
    });
    expect(await redeem(registration, refreshToken)).toMatchObject({ kind: "granted" });
  });

  it("shows a client's secret in the way that the registration says", async () => {
    const { refreshToken, registration } = await rig.grant();
    const confidential = { ...registration, clientId: SECRET_CLIENT.id };
    for (const clientAuth of ["client_secret_basic", "client_secret_post"] as const) {
      const wrong = { ...confidential, clientAuth, clientSecret: "wrong" };
      expect(await redeem(wrong, refreshToken)).toMatchObject({ error: "invalid_client" });
    }
    const right = { ...confidential, clientAuth: "client_secret_basic" as const };
    // The client is believed; the token is another's.
    expect(
      await redeem({ ...right, clientSecret: SECRET_CLIENT.secret }, refreshToken),
    ).toMatchObject({ kind: "rejected" });
  });

  it("keeps the grant when the server is busy, for as long as it says", async () => {
    const { refreshToken, registration } = await rig.grant();
    await rig.fault({ kind: "status", status: 503, retryAfter: "7" });
    expect(await redeem(registration, refreshToken)).toEqual({
      kind: "busy",
      status: 503,
      retryAfterMs: 7000,
    });
    await rig.fault({ kind: "status", status: 429 });
    expect(await redeem(registration, refreshToken)).toEqual({ kind: "busy", status: 429 });
    await rig.fault({ kind: "status", status: 502, body: "" });
    expect(await redeem(registration, refreshToken)).toMatchObject({ kind: "unanswered" });
    await rig.fault();
    expect(await redeem(registration, refreshToken)).toMatchObject({ kind: "granted" });
  });

  it.each(["drop-before", "drop-after", "cut", "hang", "hang-after"] as const)(
    "calls it unanswered when the token was sent and the connection ends so: %s",
    async (kind) => {
      const { refreshToken, registration } = await rig.grant();
      await rig.fault({ kind });
      const patient = networkProvider({ configFolder, deadlineMs: 300 });
      const outcome = await patient.redeem(registration, { refreshToken }, never);
      expect(outcome).toMatchObject({ kind: "unanswered" });
      expect(JSON.stringify(outcome)).not.toContain(refreshToken);
    },
  );

  it("calls it unanswered when nobody waits any more after it was sent", async () => {
    const { refreshToken, registration } = await rig.grant();
    const end = new AbortController();
    rig.hold(() => {
      end.abort();
      return Promise.resolve();
    });
    await rig.fault({ kind: "hang" });
    expect(await provider.redeem(registration, { refreshToken }, end.signal)).toMatchObject({
      kind: "unanswered",
    });
    rig.hold(() => Promise.resolve());
    const { presentations } = await rig.counts();
    expect(await provider.redeem(registration, { refreshToken }, end.signal)).toMatchObject({
      kind: "not-sent",
    });
    expect((await rig.counts()).presentations).toBe(presentations);
  });

  it("ends a grant where it is asked to, and says whether that was so", async () => {
    const { refreshToken, registration } = await rig.grant();
    expect(await provider.revoke(registration, refreshToken, never)).toBe(true);
    expect(await rig.counts()).toMatchObject({ revocations: 1 });
    expect(await redeem(registration, refreshToken)).toMatchObject({ kind: "rejected" });
    const { revocationEndpoint: _, ...without } = registration;
    expect(await provider.revoke(without, refreshToken, never)).toBe(false);
    const astray = { ...registration, revocationEndpoint: "http://127.0.0.1:1/" };
    expect(await provider.revoke(astray, refreshToken, never)).toBe(false);
  });

  it("never uses the fetch of Node", async () => {
    const { refreshToken, registration } = await rig.grant();
    const fetch = vi.fn<() => never>();
    vi.stubGlobal("fetch", fetch);
    expect(await redeem(registration, refreshToken)).toMatchObject({ kind: "granted" });
    expect(await provider.revoke(registration, refreshToken, never)).toBe(true);
    expect(fetch).not.toHaveBeenCalled();
    vi.unstubAllGlobals();
  });
});

describe("a real authorization server in another process", () => {
  it("counts what is done to it, and fails when it is told to", async () => {
    const rig = await startRigProcess({ accessTokenSeconds: 2 });
    try {
      const { registration, ...grant } = await rig.grant("bob");
      expect(grant).toMatchObject({ subject: "bob", expiresIn: 2 });
      await rig.fault({ kind: "drop-after", times: 1 });
      const request = { refreshToken: grant.refreshToken };
      expect(await provider.redeem(registration, request, never)).toMatchObject({
        kind: "unanswered",
      });
      expect(await provider.redeem(registration, request, never)).toMatchObject({
        kind: "rejected",
      });
      expect(await rig.counts()).toMatchObject({
        redemptions: 1,
        reuse: 1,
        revokedGrants: 1,
        presentations: 2,
        mostOfOne: 2,
      });
    } finally {
      await rig.close();
    }
  });
});

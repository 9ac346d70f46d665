import type { OAuthCredential, OAuthEntry } from "@strongroom/client/protocol";
import { credentialStep } from "strongroom/src/imports/credential-step.ts";
import type { Taken } from "strongroom/src/imports/credential-step.ts";
import type { OnConflict } from "strongroom/src/imports/step.ts";
import { describe, expect, it } from "vitest";

const CREDENTIAL = {
  name: "mcp/a",
  registration: {
    issuer: "https://as.example",
    tokenEndpoint: "https://as.example/token",
    clientId: "client",
    clientAuth: "none",
    resource: "https://mcp.example/a",
  },
  scopes: ["read"],
  account: "a",
  tokens: { accessToken: "t", refreshToken: "r", expiresAt: 2000 },
  shared: true,
} as const satisfies OAuthCredential;

const STANDS = {
  name: "mcp/a",
  ...CREDENTIAL.registration,
  state: "shared",
  scopes: ["read", "write"],
  account: "a",
  generation: 7,
  updatedAt: 1,
  obtainedAt: 1,
  expiresAt: 2000,
  refreshable: true,
} as const satisfies OAuthEntry;

const NOTHING: Taken = { credentials: new Map(), renewed: new Set(), secrets: new Set() };
const POLICIES: readonly OnConflict[] = ["fail", "newer", "replace", "skip"];

/** What becomes of the credential by each policy, where that stands or is taken. */
function actions(taken: Partial<OAuthEntry> | Partial<Taken>, source: object = {}): string {
  const isTaken = "secrets" in taken || "renewed" in taken;
  const credentials = new Map([["mcp/a", { ...STANDS, ...taken }]]);
  const all = isTaken ? { ...NOTHING, ...taken } : { ...NOTHING, credentials };
  const steps = POLICIES.map((policy) => credentialStep({ ...CREDENTIAL, ...source }, all, policy));
  const obstacle = steps[0]?.obstacle;
  const words = steps.map(({ action }) => action).join(" ");
  return obstacle === undefined ? words : `${words}, ${obstacle}`;
}

const SAME = "same same same same";
const OWN = "conflict keep conflict keep, own";

describe("an OAuth credential of a source", () => {
  it("is new where nothing has its name", () => {
    const step = credentialStep(CREDENTIAL, NOTHING, "fail");
    expect(step).toEqual({ credential: CREDENTIAL, action: "new", version: 0 });
  });

  it("is the same where server, client and tokens are, as far as they are shown", () => {
    expect(actions({})).toBe(SAME);
    expect(actions({ expiresAt: 5, expiryAssumed: true }, { tokens: { refreshToken: "r" } })).toBe(
      SAME,
    );
    // What its owner calls it, and how its client proves who it is, is no part of it.
    expect(actions({ account: "b", clientAuth: "client_secret_post" })).toBe(SAME);
  });

  it.each([
    { issuer: "https://x.example" },
    { tokenEndpoint: "https://x.example/token" },
    { clientId: "other" },
    { resource: "https://mcp.example/b" },
    { expiresAt: 2001 },
    { refreshable: false },
  ] as const)("is another one than what stands with %j", (other) => {
    expect(actions(other)).toBe("conflict keep replace keep");
  });

  it("is newer where its token lives longer", () => {
    expect(actions({ expiresAt: 1999 })).toBe("conflict replace replace keep");
    // As it stands when its token was reported.
    expect(actions({ expiresAt: undefined } as object)).toBe("conflict replace replace keep");
  });

  it("takes the place of what gives no token any more, and of nothing that the vault refreshes", () => {
    for (const state of ["ending", "reauthorize"] as const) {
      expect(actions({ state, clientId: "other" })).toBe("conflict keep replace keep");
    }
    for (const state of ["failing", "ok"] as const) {
      expect(actions({ state, clientId: "other" })).toBe(OWN);
      // The vault has refreshed it since, or is about to.
      expect(actions({ state, expiresAt: 9000 })).toBe(SAME);
      // It was given that access token, and no refresh token.
      const given = { tokens: { accessToken: "t", expiresAt: 2000 } };
      expect(actions({ state, clientId: "other" }, given)).toBe(SAME);
      expect(actions({ state, issuer: "https://x.example" }, given)).toBe(OWN);
    }
  });

  it("is in the way of a secret, and of a program that renews one", () => {
    const names = new Set(["mcp/a"]);
    expect(actions({ secrets: names })).toBe("conflict keep conflict keep, secret");
    expect(actions({ renewed: names })).toBe("conflict keep conflict keep, renewer");
  });
});

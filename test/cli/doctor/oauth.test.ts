import type { OAuthEntry } from "@strongroom/client/protocol";
import { judgeOAuth } from "strongroom/src/doctor/oauth.ts";
import { expect, it } from "vitest";

function told(entry: Partial<OAuthEntry>): readonly (string | undefined)[] {
  const whole: OAuthEntry = {
    name: "mcp/a b",
    state: "ok",
    issuer: "https://auth.example",
    tokenEndpoint: "https://auth.example/token",
    clientId: "c",
    clientAuth: "none",
    scopes: [],
    generation: 1,
    updatedAt: 0,
    refreshable: true,
    ...entry,
  };
  const [finding] = judgeOAuth([whole]);
  return [finding?.verdict, finding?.message, finding?.mend];
}

it("the doctor says nothing of credentials that work", () => {
  expect(told({})).toEqual(["ok", "1 OAuth credentials work", undefined]);
});

it("the doctor says of an OAuth credential that it is dead, ends, or is not adopted, and what goes on", () => {
  expect(told({ state: "reauthorize", why: "its owner has revoked it" })).toEqual([
    "note",
    "mcp/a b is dead: its owner has revoked it",
    "strongroom oauth doctor 'mcp/a b'",
  ]);
  expect(told({ state: "ending", why: "it has no refresh token" })[1]).toContain("ends soon");
  expect(told({ state: "failing", why: "its server says invalid_client" })[1]).toContain(
    "is not refreshed now: its server says invalid_client",
  );
  expect(told({ state: "shared" })).toEqual([
    "note",
    "mcp/a b is not refreshed",
    "strongroom oauth adopt 'mcp/a b' --source-is-retired",
  ]);
});

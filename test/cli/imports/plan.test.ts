import type { OAuthCredential } from "@strongroom/client/protocol";
import { planOf } from "strongroom/src/imports/plan.ts";
import { expect, it } from "vitest";

const CREDENTIAL: OAuthCredential = {
  name: "mcp/a",
  registration: {
    issuer: "https://as.example",
    tokenEndpoint: "https://as.example/token",
    clientId: "client",
    clientAuth: "none",
  },
  scopes: [],
  tokens: { refreshToken: "r" },
  shared: true,
};

/** A vault in which somebody else stores the credential after so many calls. */
function storedAfter(calls: number): Parameters<typeof planOf>[0] {
  let made = 0;
  return {
    call: (method) => {
      made += 1;
      const isThere = made > calls;
      const { registration, ...rest } = CREDENTIAL;
      const entry = { ...rest, ...registration, state: "shared", generation: 1, refreshable: true };
      const listed = { name: CREDENTIAL.name, metadata: { origin: "oauth" } };
      const answers: { readonly [method: string]: object } = {
        "oauth/list": { credentials: isThere ? [entry] : [] },
        "renewer/list": { renewers: [] },
        "secret/list": { secrets: isThere ? [listed] : [], revision: 1 },
      };
      return Promise.resolve(answers[method] as never);
    },
  };
}

it.each([0, 1, 2, 3])(
  "a credential that somebody stores after %i looks is there or not, and no secret in the way",
  async (calls) => {
    const found = { items: [], credentials: [CREDENTIAL], remarks: [] };
    const given = { onConflict: "fail", prefix: "" } as const;
    const { credentials } = await planOf(storedAfter(calls), found, given);
    expect(credentials.map(({ action, obstacle }) => [action, obstacle])).toEqual([
      [calls === 0 ? "same" : "new", undefined],
    ]);
  },
);

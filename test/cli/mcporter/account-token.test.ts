import { StrongroomError } from "@strongroom/client/protocol";
import type { OAuthAccess, OAuthEntry } from "@strongroom/client/protocol";
import { fetchToken } from "strongroom/src/mcporter/account-token.ts";
import type { Fetched } from "strongroom/src/mcporter/account-token.ts";
import { describe, expect, it } from "vitest";

const { signal } = new AbortController();

/** What is asked of a vault that answers so, and what becomes of it; both in seconds from now. */
async function asked(
  life: number | undefined,
  answer: Partial<OAuthAccess> | StrongroomError,
): Promise<{ readonly minTtl: number | undefined; readonly due: number; readonly found: Fetched }> {
  const now = Date.now();
  let minTtl: number | undefined;
  const times = life === undefined ? {} : { obtainedAt: now, expiresAt: now + life * 1000 };
  const client = {
    token: (_: string, options: { readonly minTtl?: number } = {}): Promise<never> => {
      ({ minTtl } = options);
      const isError = answer instanceof StrongroomError;
      return isError ? Promise.reject(answer) : Promise.resolve({ scopes: [], ...answer } as never);
    },
  };
  const found = await fetchToken(client, { name: "mcp/a", ...times } as OAuthEntry, signal);
  return { minTtl, due: Math.round((found.due - now) / 1000), found };
}

const until = (seconds: number): Partial<OAuthAccess> => ({
  expiresAt: Date.now() + seconds * 1000,
});

describe("fetchToken", () => {
  it.each([
    ["an hour", 3600, 3600, 300, 3300],
    ["ten minutes, of which five have passed", 600, 300, 300, 15],
    ["half a minute", 30, 30, 15, 15],
    ["nothing that is known", undefined, 3600, undefined, 3300],
  ])("asks ahead of the end of a token that lives for %s", async (_, life, left, minTtl, due) => {
    expect(await asked(life, until(left))).toMatchObject({ minTtl, due });
  });

  it("looks again soon where none that lives longer is to be had", async () => {
    expect(await asked(3600, { ...until(100), short: true })).toMatchObject({ due: 15 });
  });

  it.each([
    ["UNAVAILABLE", 15],
    ["INVALID", 60],
    ["DENIED", 60],
    ["REAUTHORIZE", Infinity],
  ] as const)("looks again after %s when that may help", async (code, due) => {
    const error = new StrongroomError(code, "why");
    expect(await asked(3600, error)).toMatchObject({ due, found: { failure: error } });
  });

  it("ends with a vault that is locked", async () => {
    const error = new StrongroomError("LOCKED", "why");
    await expect(asked(3600, error)).rejects.toBe(error);
  });
});

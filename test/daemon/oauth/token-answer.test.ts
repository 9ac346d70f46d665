import { readTokenAnswer } from "@strongroom/daemon/src/oauth/token-answer.ts";
import { describe, expect, it } from "vitest";

const NOW = Date.UTC(2026, 0, 1);
const read = (
  status: number,
  body: object | string,
  retryAfter: string | null = null,
): ReturnType<typeof readTokenAnswer> =>
  readTokenAnswer({
    status,
    body: typeof body === "string" ? body : JSON.stringify(body),
    retryAfter,
    now: NOW,
  });

describe("an answer that grants", () => {
  it("is read as it stands", () => {
    const answer = {
      access_token: "a",
      token_type: "bearer",
      expires_in: 60,
      refresh_token: "r",
      scope: "one two",
    };
    expect(read(200, answer)).toEqual({
      kind: "granted",
      granted: {
        accessToken: "a",
        tokenType: "bearer",
        expiresIn: 60,
        refreshToken: "r",
        scopes: ["one", "two"],
      },
    });
  });

  it("is not lost for what is missing or odd in it", () => {
    const granted = (answer: object): unknown => {
      const outcome = read(200, { access_token: "a", ...answer });
      return outcome.kind === "granted" ? outcome.granted : outcome.kind;
    };
    const plain = { accessToken: "a", tokenType: "Bearer" };
    expect(granted({})).toEqual(plain);
    expect(granted({ id_token: "no token", refresh_token: "" })).toEqual(plain);
    expect(granted({ expires_in: "60", scope: "one,two" })).toEqual({
      ...plain,
      expiresIn: 60,
      scopes: ["one", "two"],
    });
    expect(granted({ expires_in: -1, scope: 7, token_type: 7 })).toEqual(plain);
    expect(granted({ expires_in: "soon", scope: "" })).toEqual(plain);
    expect(granted({ error: "invalid_grant" })).toEqual(plain);
  });
});

describe("an answer that refuses", () => {
  it.each([
    [400, "invalid_grant"],
    [401, "invalid_grant"],
    [200, "bad_refresh_token"],
    [200, "invalid_refresh_token"],
  ])("kills what was presented: %i %s", (status, error) => {
    expect(read(status, { error })).toEqual({ kind: "rejected", error });
  });

  it.each([
    [401, "invalid_client"],
    [400, "unauthorized_client"],
    [400, "invalid_scope"],
    [400, "invalid_target"],
    [400, "unsupported_grant_type"],
    [200, "incorrect_client_credentials"],
  ])("kills nothing: %i %s", (status, error) => {
    expect(read(status, { error })).toEqual({ kind: "misconfigured", error });
  });

  it.each([302, 303, 307, 308, 400, 403, 404, 405, 410])(
    "kills nothing without a word: %i",
    (status) => {
      for (const body of ["", "<html>no</html>", "[]", "null", { error: 7 }]) {
        expect(read(status, body)).toEqual({ kind: "misconfigured", error: `status ${status}` });
      }
    },
  );

  it("is not quoted when it is no word of the standard", () => {
    for (const error of ['a"b', "a\nb", "x".repeat(65), "\u001b[31m"]) {
      expect(read(400, { error })).toEqual({ kind: "misconfigured", error: "status 400" });
    }
  });
});

describe("an answer that says to come later", () => {
  it.each([
    [503, "{}"],
    [500, "<html>"],
    [599, "?"],
    [429, { error: "invalid_grant" }],
    [408, "late"],
    [425, "early"],
    [400, { error: "temporarily_unavailable" }],
    [400, { error: "slow_down" }],
    [200, { error: "server_error" }],
  ])("keeps the grant: %i %j", (status, body) => {
    expect(read(status, body)).toEqual({ kind: "busy", status });
  });

  it.each([
    ["7", 7000],
    ["0", 0],
    ["999999999", 86_400_000],
    ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
  ])("says when: %s", (header, retryAfterMs) => {
    expect(read(503, "{}", header)).toEqual({ kind: "busy", status: 503, retryAfterMs });
  });

  it.each(["soon", "-7", "1.5 hours", ""])("says nothing of use: %s", (header) => {
    expect(read(503, "{}", header)).toEqual({ kind: "busy", status: 503 });
  });

  it("is one without a body where it says that it was asked too often", () => {
    expect(read(429, "", "30")).toEqual({ kind: "busy", status: 429, retryAfterMs: 30_000 });
  });

  it.each([500, 502, 503, 504])("is none without a body: %i", (status) => {
    expect(read(status, "", "7")).toMatchObject({ kind: "unanswered" });
  });
});

describe("an answer that says nothing", () => {
  it.each([
    [200, ""],
    [200, "{"],
    [200, "[]"],
    [200, "{}"],
    [200, { access_token: "" }],
    [200, { access_token: 7, refresh_token: "r" }],
    [201, { access_token: "a" }],
    [204, ""],
  ])("may have redeemed it: %i %j", (status, body) => {
    expect(read(status, body)).toMatchObject({ kind: "unanswered" });
  });
});

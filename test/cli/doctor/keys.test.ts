import type { ApiKeyEntry } from "@strongroom/client/protocol";
import { judgeKeys } from "strongroom/src/doctor/keys.ts";
import { describe, expect, it } from "vitest";

const NOW = 1_800_000_000_000;
const DAY_MS = 86_400_000;

function told(key: Partial<ApiKeyEntry>): readonly (readonly (string | undefined)[])[] {
  const whole: ApiKeyEntry = {
    id: "abcdefghij",
    name: "ci",
    state: "active",
    audience: "strongroom",
    allow: ["get:a/**"],
    deny: [],
    createdAt: NOW - DAY_MS,
    ...key,
  };
  return judgeKeys([whole], NOW).map(({ message, mend, verdict }) => [verdict, message, mend]);
}

describe("the doctor says of an API key", () => {
  it("that it ends within seven days, unless it was replaced", () => {
    const expiresAt = NOW + 6 * DAY_MS;
    expect(told({ expiresAt })).toEqual([
      [
        "note",
        `the key ci ends at ${new Date(expiresAt).toISOString()}`,
        "strongroom key rotate abcdefghij",
      ],
    ]);
    expect(told({ expiresAt: NOW + 7 * DAY_MS })[0]?.[0]).toBe("ok");
    expect(told({ revokedAt: NOW + 1000 })[0]?.[0]).toBe("ok");
    expect(told({ expiresAt, state: "revoked" })[0]?.[1]).toBe("0 API keys work");
  });

  it("that nine tenths of its quota are used", () => {
    expect(told({ quota: 100, used: 90 })[0]).toEqual([
      "note",
      "the key ci has used 90 of its 100 requests",
      "strongroom key update abcdefghij --no-quota",
    ]);
    expect(told({ quota: 100, used: 89 })[0]?.[0]).toBe("ok");
  });

  it("that it may do everything for ever", () => {
    expect(told({ allow: ["*:**"] })[0]?.[1]).toContain("everything with every secret, for ever");
    expect(told({ allow: ["*:**"], expiresAt: NOW + 30 * DAY_MS })[0]?.[0]).toBe("ok");
    expect(told({ allow: ["*:**"], deny: ["get:x"] })[0]?.[0]).toBe("ok");
  });
});

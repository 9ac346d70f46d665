import type { Params, Result } from "@strongroom/client/protocol";
import { Line } from "@strongroom/daemon/src/lease/line.ts";
import { describe, expect, it } from "vitest";
import { credential, FIRST_REFRESH } from "../../support/oauth/credential.ts";
import { held } from "../../support/oauth/scripted-provider.ts";
import { codeOf, TestClock, TestVault } from "../../support/vault.ts";
import { MemoryLog } from "../../support/memory-log.ts";

const EXPIRED = { expiresIn: 0 } as const;

async function withCredential(tokens?: Parameters<typeof credential>[1]): Promise<TestVault> {
  const vault = new TestVault();
  await vault.call("oauth/put", credential("a", tokens));
  return vault;
}

function token(
  vault: TestVault,
  more: Partial<Params<"oauth/token">> = {},
): Promise<Result<"oauth/token">> {
  return vault.call("oauth/token", { name: "a", ...more });
}

/** Waits until the provider was presented so many tokens. */
async function presented(vault: TestVault, count: number): Promise<void> {
  for (let turn = 0; turn < 1000 && vault.provider.presented.length < count; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(vault.provider.presented).toHaveLength(count);
}

describe("a token that lives", () => {
  it("is served without a word to its server", async () => {
    const vault = await withCredential();
    const { generation } = await vault.call("oauth/show", { name: "a" });
    expect(await token(vault)).toMatchObject({
      accessToken: "access-0",
      tokenType: "Bearer",
      expiresAt: vault.clock.wall + 3_600_000,
      scopes: ["read", "write"],
      generation,
    });
    expect(vault.provider.presented).toEqual([]);
  });

  it("is said to live an hour where nobody knows how long it does", async () => {
    const vault = await withCredential({});
    expect(await token(vault)).toMatchObject({
      expiresAt: vault.clock.wall + 3_600_000,
      expiryAssumed: true,
    });
    vault.provider.life = undefined;
    vault.clock.pass(3_600_000);
    expect(await token(vault)).toMatchObject({ accessToken: "access-1", expiryAssumed: true });
  });

  it("is refused to whoever wants it for more than it is for", async () => {
    const vault = await withCredential();
    expect(await token(vault, { scopes: ["read"] })).toMatchObject({ accessToken: "access-0" });
    expect(await codeOf(token(vault, { scopes: ["read", "admin"] }))).toBe("INVALID");
  });

  it("is refreshed ahead from four fifths of its life on, while it is served at once", async () => {
    const vault = await withCredential();
    vault.clock.pass(3_600_000 * 0.79);
    await token(vault);
    expect(vault.provider.presented).toEqual([]);
    vault.clock.pass(3_600_000 * 0.12);
    const slow = held();
    vault.provider.script(slow.answer);
    expect(await token(vault)).toMatchObject({ accessToken: "access-0" });
    await presented(vault, 1);
    expect(await token(vault)).toMatchObject({ accessToken: "access-0" });
    slow.release(vault.provider.granted());
    await vault.engine.land();
    expect(await token(vault)).toMatchObject({ accessToken: "access-1" });
    expect(vault.provider.presented).toHaveLength(1);
  });
});

describe("a token that has expired", () => {
  it("is refreshed once for all who ask, who get the same", async () => {
    const vault = await withCredential(EXPIRED);
    const slow = held();
    vault.provider.script(slow.answer);
    const asked = Array.from({ length: 32 }, () => token(vault));
    await presented(vault, 1);
    const late = token(vault);
    slow.release(vault.provider.granted());
    const results = await Promise.all([...asked, late]);
    expect(new Set(results.map(({ accessToken }) => accessToken))).toEqual(new Set(["access-1"]));
    expect(vault.provider.presented).toEqual([FIRST_REFRESH]);
    expect(vault.reopened().state.oauth.get("a")).toMatchObject({ refreshToken: "refresh-1" });
  });

  it("shares the error of its refresh, and keeps the refresh token", async () => {
    const vault = await withCredential(EXPIRED);
    const slow = held();
    vault.provider.script(slow.answer);
    const asked = Array.from({ length: 8 }, () => codeOf(token(vault)));
    await presented(vault, 1);
    slow.release({ kind: "not-sent", reason: "connection refused" });
    expect(new Set(await Promise.all(asked))).toEqual(new Set(["UNAVAILABLE"]));
    expect(vault.state.oauth.get("a")).toMatchObject({ refreshToken: FIRST_REFRESH });
    expect(vault.state.oauth.get("a")?.flight).toBeUndefined();
  });

  it("does not hold the queue, nor those of other servers, while its server thinks", async () => {
    const vault = await withCredential(EXPIRED);
    await vault.call("oauth/put", credential("b", EXPIRED));
    const [first, second] = [held(), held()];
    vault.provider.script(first.answer, second.answer);
    const a = token(vault);
    await presented(vault, 1);
    await vault.set("s", "1");
    const b = vault.call("oauth/token", { name: "b" });
    await presented(vault, 2);
    second.release(vault.provider.granted({ accessToken: "of-b" }));
    expect(await b).toMatchObject({ accessToken: "of-b" });
    first.release(vault.provider.granted({ accessToken: "of-a" }));
    expect(await a).toMatchObject({ accessToken: "of-a" });
  });

  it("keeps the refresh token where the server gives no new one, and never gets more rights", async () => {
    const vault = await withCredential(EXPIRED);
    vault.provider.script(() => ({
      kind: "granted",
      granted: { accessToken: "n", tokenType: "Bearer", expiresIn: 60, scopes: ["read", "admin"] },
    }));
    expect(await token(vault)).toMatchObject({ accessToken: "n", scopes: ["read"] });
    expect(vault.state.oauth.get("a")).toMatchObject({ refreshToken: FIRST_REFRESH });
  });

  it("lives again by no clock that is set back", async () => {
    const vault = await withCredential();
    vault.clock.pass(3_600_000);
    expect(await token(vault)).toMatchObject({ accessToken: "access-1" });
    // The clock of a new process, years ago; the owner says that it is right.
    vault.clock.wall -= 100 * 86_400_000;
    await vault.call("clock/accept", {});
    expect(await token(vault)).toMatchObject({ accessToken: "access-2" });
    for (let n = 0; n < 20; n += 1) await token(vault);
    expect(vault.provider.presented).toHaveLength(2);
  });
});

describe("minTtl", () => {
  it("refreshes a token that lives too short for who asks", async () => {
    const vault = await withCredential();
    vault.clock.pass(1_000_000);
    expect(await token(vault, { minTtl: 2600 })).toMatchObject({ accessToken: "access-0" });
    expect(await token(vault, { minTtl: 2601 })).toMatchObject({ accessToken: "access-1" });
  });

  it("longer than any life gets a fresh one that says so, and asks the server no more often for it", async () => {
    const vault = await withCredential();
    const asked = { minTtl: 100_000 };
    for (let n = 0; n < 50; n += 1)
      expect(await token(vault, asked)).toMatchObject({ short: true });
    expect(vault.provider.presented).toHaveLength(0);
    vault.clock.pass(1_000_000);
    for (let n = 0; n < 50; n += 1) {
      const got = await token(vault, asked);
      expect(got).toMatchObject({ short: true, accessToken: "access-1" });
    }
    expect(vault.provider.presented).toHaveLength(1);
  });

  it("gets the old token, as short as it is, where none is to be had", async () => {
    const vault = await withCredential();
    vault.clock.pass(3_000_000);
    vault.provider.script(() => ({ kind: "busy", status: 503 }));
    expect(await token(vault, { minTtl: 2000 })).toMatchObject({
      accessToken: "access-0",
      short: true,
    });
  });

  it("does not ask a server again and again that gives tokens without a life", async () => {
    const vault = await withCredential(EXPIRED);
    vault.provider.life = 0;
    for (let n = 0; n < 20; n += 1) expect(await codeOf(token(vault))).toBe("UNAVAILABLE");
    expect(vault.provider.presented.length).toBeLessThanOrEqual(2);
  });
});

describe("a server that does not answer as it should", () => {
  it("is left alone for as long as it says, and for longer each time it fails", async () => {
    const vault = await withCredential(EXPIRED);
    vault.provider.script(
      () => ({ kind: "busy", status: 429, retryAfterMs: 30_000 }),
      () => ({ kind: "busy", status: 503 }),
    );
    await expect(token(vault)).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterMs: 30_000 });
    vault.clock.pass(29_000);
    await expect(token(vault)).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterMs: 1000 });
    expect(vault.provider.presented).toHaveLength(1);
    vault.clock.pass(1000);
    expect(await codeOf(token(vault))).toBe("UNAVAILABLE");
    expect(vault.provider.presented).toHaveLength(2);
    vault.clock.pass(2000);
    expect(await token(vault)).toMatchObject({ accessToken: "access-1" });
    expect(new Set(vault.provider.presented)).toEqual(new Set([FIRST_REFRESH]));
  });

  it("ends the generation that it refuses, and no newer one", async () => {
    const vault = await withCredential(EXPIRED);
    vault.provider.script(() => ({ kind: "rejected", error: "invalid_grant" }));
    await expect(token(vault)).rejects.toMatchObject({
      code: "REAUTHORIZE",
      message: expect.stringContaining("invalid_grant"),
    });
    expect(await codeOf(token(vault))).toBe("REAUTHORIZE");
    expect(vault.provider.presented).toHaveLength(1);
    expect(await vault.call("oauth/show", { name: "a" })).toMatchObject({ state: "reauthorize" });
    const slow = held();
    await vault.call("oauth/put", { ...credential("a", EXPIRED), force: true });
    vault.provider.script(slow.answer);
    const asked = token(vault);
    await presented(vault, 2);
    const fresh = credential("a", {
      accessToken: "new",
      refreshToken: "new-refresh",
      expiresIn: 60,
    });
    await vault.call("oauth/put", { ...fresh, force: true });
    slow.release({ kind: "rejected", error: "invalid_grant" });
    expect(await asked).toMatchObject({ accessToken: "new" });
    expect(vault.state.oauth.get("a")).toMatchObject({ refreshToken: "new-refresh" });
    expect(vault.state.oauth.get("a")?.dead).toBeUndefined();
  });

  it("is named with the word that it says, is not asked again, and what it says else stays with it", async () => {
    for (const [error, said] of [
      ["invalid_client", "invalid_client"],
      [FIRST_REFRESH, "an error of its own"],
    ] as const) {
      const vault = await withCredential(EXPIRED);
      vault.provider.script(() => ({ kind: "misconfigured", error }));
      await expect(token(vault)).rejects.toMatchObject({
        code: "INVALID",
        message: expect.stringContaining(said),
      });
      for (let n = 0; n < 20; n += 1) expect(await codeOf(token(vault))).toBe("INVALID");
      expect(vault.provider.presented).toHaveLength(1);
      // The owner has mended it.
      await vault.call("oauth/put", { ...credential("a", EXPIRED), force: true });
      expect(await token(vault)).toMatchObject({ accessToken: "access-1" });
    }
  });

  it("is asked once more where it has not answered, with an intent of its own, and then no more", async () => {
    const vault = await withCredential(EXPIRED);
    const attempts: (number | undefined)[] = [];
    const silent = (): { kind: "unanswered"; reason: string } => {
      attempts.push(vault.reopened().state.oauth.get("a")?.flight?.attempts);
      return { kind: "unanswered", reason: "cut" };
    };
    vault.provider.script(silent, silent);
    const error = await token(vault).catch((thrown: unknown) => thrown);
    const { flight } = vault.state.oauth.get("a") ?? {};
    expect(error).toMatchObject({
      code: "REAUTHORIZE",
      message: expect.stringContaining(flight?.id ?? "?"),
    });
    expect(attempts).toEqual([1, 2]);
    for (const one of [vault, vault.reopened()]) {
      for (let n = 0; n < 5; n += 1) expect(await codeOf(token(one))).toBe("REAUTHORIZE");
    }
    expect(vault.provider.presented).toEqual([FIRST_REFRESH, FIRST_REFRESH]);
    // Nor when somebody puts it once more, as scripts do at every start.
    await vault.call("oauth/put", { ...credential("a", EXPIRED), force: true });
    expect(await codeOf(token(vault))).toBe("REAUTHORIZE");
    expect(vault.provider.presented).toHaveLength(2);
  });

  it("takes an answer without a token for none", async () => {
    const vault = await withCredential(EXPIRED);
    vault.provider.script(
      () => vault.provider.granted({ accessToken: "a\r\nb", tokenType: "Bearer x" }),
      () => vault.provider.granted({ refreshToken: "" }),
    );
    expect(await codeOf(token(vault))).toBe("REAUTHORIZE");
  });

  it("says that its tokens live for ever, and is believed for ten years", async () => {
    const vault = await withCredential(EXPIRED);
    vault.provider.life = 1e300;
    const at = vault.clock.wall;
    expect(await token(vault)).toMatchObject({ expiresAt: at + 315_360_000_000 });
  });

  it("gives no tokens of another account", async () => {
    const vault = new TestVault();
    await vault.call("oauth/put", credential("a", EXPIRED, { subject: "me" }));
    vault.provider.script(() => vault.provider.granted({ subject: "somebody" }));
    expect(await codeOf(token(vault))).toBe("REAUTHORIZE");
    expect(vault.state.oauth.get("a")?.access).toBeUndefined();
  });
});

describe("a process that ended in the middle", () => {
  it("is followed by one more presentation, which is journalled before it is made", async () => {
    const vault = await withCredential(EXPIRED);
    const never = held();
    vault.provider.script(never.answer);
    void token(vault).catch(() => undefined);
    await presented(vault, 1);
    const next = vault.reopened();
    expect(next.engine.flown.credentials.unfinished).toBe(1);
    expect(await next.call("oauth/show", { name: "a" })).toMatchObject({
      state: "ok",
      why: expect.stringContaining(next.state.oauth.get("a")?.flight?.id ?? "?"),
    });
    const again = held();
    next.provider.script(again.answer);
    void token(next).catch(() => undefined);
    await presented(next, 2);
    const last = next.reopened();
    expect(last.state.oauth.get("a")?.flight?.attempts).toBe(2);
    expect(await codeOf(token(last))).toBe("REAUTHORIZE");
    expect(vault.provider.presented).toEqual([FIRST_REFRESH, FIRST_REFRESH]);
  });

  it("waits for what is under way when it is told to end, and begins nothing more", async () => {
    const vault = await withCredential(EXPIRED);
    await vault.call("oauth/put", credential("b", EXPIRED));
    const slow = held();
    vault.provider.script(slow.answer);
    const asked = token(vault);
    await presented(vault, 1);
    const drained = vault.engine.drain();
    expect(await codeOf(vault.call("oauth/token", { name: "b" }))).toBe("CLOSING");
    slow.release(vault.provider.granted());
    expect(await asked).toMatchObject({ accessToken: "access-1" });
    await drained;
    expect(vault.reopened().state.oauth.get("a")).toMatchObject({ refreshToken: "refresh-1" });
    expect(vault.provider.presented).toHaveLength(1);
  });
});

describe("a disk that is full", () => {
  it("gets no token presented, and serves the old one while that lives", async () => {
    const vault = await withCredential();
    vault.clock.pass(3_590_000);
    vault.log.failure = { code: "DISK_FULL", kept: false };
    expect(await token(vault)).toMatchObject({ accessToken: "access-0" });
    vault.clock.pass(10_000);
    expect(await codeOf(token(vault))).toBe("DISK_FULL");
    expect(vault.provider.presented).toEqual([]);
    vault.log.failure = undefined;
    vault.clock.pass(10_000);
    expect(await token(vault)).toMatchObject({ accessToken: "access-1" });
  });

  it("between the answer and the disk is an error; the intent stays, and what came is written when it can be", async () => {
    const vault = await withCredential(EXPIRED);
    vault.provider.script(() => {
      vault.log.failure = { code: "DISK_FULL", kept: false };
      return vault.provider.granted();
    });
    expect(await codeOf(token(vault))).toBe("DISK_FULL");
    expect(vault.reopened().engine.flown.credentials.unfinished).toBe(1);
    expect(vault.reopened().state.oauth.get("a")).toMatchObject({ refreshToken: FIRST_REFRESH });
    vault.log.failure = undefined;
    vault.clock.pass(2000);
    expect(await token(vault)).toMatchObject({ accessToken: "access-1" });
    expect(vault.provider.presented).toEqual([FIRST_REFRESH]);
    expect(vault.reopened().state.oauth.get("a")).toMatchObject({ refreshToken: "refresh-1" });
  });

  it("takes what came at the end of its daemon, where there is room by then", async () => {
    const vault = await withCredential(EXPIRED);
    vault.provider.script(() => {
      vault.log.failure = { code: "DISK_FULL", kept: false };
      return vault.provider.granted();
    });
    expect(await codeOf(token(vault))).toBe("DISK_FULL");
    vault.log.failure = undefined;
    await vault.engine.drain();
    expect(vault.reopened().state.oauth.get("a")).toMatchObject({ refreshToken: "refresh-1" });
    expect(vault.reopened().engine.flown.credentials.unfinished).toBe(0);
  });

  it("has room kept for what a server gave", async () => {
    const vault = await withCredential(EXPIRED);
    vault.provider.script(() => {
      vault.log.failure = { code: "DISK_FULL", kept: false, sparesReserve: true };
      return vault.provider.granted();
    });
    expect(await token(vault)).toMatchObject({ accessToken: "access-1" });
  });
});

describe("a token that some service did not take", () => {
  it("is served no more, and refreshed once for all who report it", async () => {
    const vault = await withCredential();
    const { generation } = await token(vault);
    const reports = await Promise.all(
      [1, 2].map(() => vault.call("oauth/report", { name: "a", generation })),
    );
    expect(reports.map(({ current }) => current)).toContain(true);
    const both = await Promise.all([token(vault), token(vault)]);
    expect(both.map(({ accessToken }) => accessToken)).toEqual(["access-1", "access-1"]);
    expect(await vault.call("oauth/report", { name: "a", generation })).toMatchObject({
      current: false,
    });
    expect(await token(vault)).toMatchObject({ accessToken: "access-1" });
    expect(vault.provider.presented).toHaveLength(1);
  });

  it("is served by no later process either, and called what it is, where it cannot be refreshed", async () => {
    const vault = await withCredential();
    const { generation } = await vault.call("oauth/show", { name: "a" });
    vault.provider.script(() => ({ kind: "rejected", error: "invalid_grant" }));
    for (const _ of [1, 2]) {
      expect(await vault.call("oauth/report", { name: "a", generation })).toMatchObject({
        current: true,
      });
    }
    expect(await codeOf(token(vault))).toBe("REAUTHORIZE");
    for (const each of [vault, vault.reopened()]) {
      expect(await codeOf(token(each))).toBe("REAUTHORIZE");
      const shown = await each.call("oauth/show", { name: "a" });
      expect([shown.state, shown.expiresAt]).toEqual(["reauthorize", undefined]);
    }
    expect(vault.provider.presented).toEqual([FIRST_REFRESH]);
  });

  it("is refused to be reported where that cannot be kept, and not served meanwhile", async () => {
    const vault = await withCredential();
    const { generation } = await vault.call("oauth/show", { name: "a" });
    vault.log.failure = { code: "DISK_FULL", kept: false };
    expect(await codeOf(vault.call("oauth/report", { name: "a", generation }))).toBe("DISK_FULL");
    expect(await codeOf(token(vault))).toBe("DISK_FULL");
  });

  it("makes nobody ask the server as fast as it is reported", async () => {
    const vault = await withCredential();
    for (let n = 0; n < 20; n += 1) {
      const { generation } = await vault.call("oauth/show", { name: "a" });
      await vault.call("oauth/report", { name: "a", generation });
      await token(vault).catch(() => undefined);
    }
    expect(vault.provider.presented).toHaveLength(1);
    vault.clock.pass(10_000);
    expect(await token(vault)).toMatchObject({ accessToken: "access-2" });
  });
});

describe("whoever waits", () => {
  it("is judged again when the token leaves: a key that ended meanwhile gets none", async () => {
    const vault = await withCredential(EXPIRED);
    const terms = { allow: ["token:**"], noExpiry: true } as const;
    const { id } = await vault.call("key/create", { name: "k", ...terms });
    const slow = held();
    vault.provider.script(slow.answer);
    const asked = codeOf(vault.call("oauth/token", { name: "a" }, { key: id }));
    await presented(vault, 1);
    await vault.call("key/revoke", { key: id });
    slow.release(vault.provider.granted());
    expect(await asked).toBe("DENIED");
  });

  it("is told at once that its key has ended, though no server has answered yet", async () => {
    const vault = await withCredential(EXPIRED);
    const terms = { allow: ["token:**"], noExpiry: true } as const;
    const { id } = await vault.call("key/create", { name: "k", ...terms });
    const slow = held();
    vault.provider.script(slow.answer);
    const who = { key: id, line: new Line() };
    const asked = codeOf(vault.call("oauth/token", { name: "a" }, who));
    await presented(vault, 1);
    await vault.call("key/revoke", { key: id });
    who.line.retired.come();
    expect(await asked).toBe("DENIED");
    slow.release(vault.provider.granted());
  });

  it("gets none when the vault was locked meanwhile", async () => {
    const vault = await withCredential(EXPIRED);
    const slow = held();
    vault.provider.script(slow.answer);
    const asked = codeOf(token(vault));
    await presented(vault, 1);
    const { StrongroomError } = await import("@strongroom/client/protocol");
    Object.assign(vault.services, { refusal: () => new StrongroomError("LOCKED", "locked") });
    slow.release(vault.provider.granted());
    expect(await asked).toBe("LOCKED");
    expect(vault.state.oauth.get("a")).toMatchObject({ refreshToken: "refresh-1" });
  });

  it("may leave; the flight goes on for the others", async () => {
    const vault = await withCredential(EXPIRED);
    const slow = held();
    vault.provider.script(slow.answer);
    const leaving = new AbortController();
    const left = codeOf(vault.call("oauth/token", { name: "a" }, { signal: leaving.signal }));
    const stays = token(vault);
    await presented(vault, 1);
    leaving.abort();
    expect(await left).toBe("TIMEOUT");
    slow.release(vault.provider.granted());
    expect(await stays).toMatchObject({ accessToken: "access-1" });
  });

  it("counts once for the quota of its key, however long it waits", async () => {
    const vault = await withCredential(EXPIRED);
    const terms = { allow: ["token:**"], noExpiry: true, quota: 2 } as const;
    const { id } = await vault.call("key/create", { name: "k", ...terms });
    const asked = (): Promise<string> =>
      codeOf(vault.call("oauth/token", { name: "a" }, { key: id }));
    expect([await asked(), await asked(), await asked()]).toEqual([
      "resolved",
      "resolved",
      "QUOTA_EXCEEDED",
    ]);
  });
});

describe("revoking", () => {
  it("leaves what was put while its server was asked, and says so", async () => {
    const vault = new TestVault();
    await vault.call("oauth/put", credential("a"));
    let confirm: () => void = () => undefined;
    vault.provider.revoking = new Promise((resolve) => (confirm = resolve));
    const revoked = codeOf(vault.call("oauth/revoke", { name: "a" }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await vault.call("oauth/put", {
      ...credential("a", { refreshToken: "newer" }),
      force: true,
    });
    confirm();
    expect(await revoked).toBe("CONFLICT");
    expect(vault.state.oauth.get("a")?.refreshToken).toBe("newer");
  });

  it("waits for the flight that has the token, and revokes what that brought", async () => {
    const vault = await withCredential(EXPIRED);
    const slow = held();
    vault.provider.script(slow.answer);
    const asked = token(vault);
    await presented(vault, 1);
    const revoked = vault.call("oauth/revoke", { name: "a" });
    slow.release(vault.provider.granted());
    await asked;
    await revoked;
    expect(vault.provider.revoked).toEqual(["refresh-1"]);
    expect(await codeOf(token(vault))).toBe("REAUTHORIZE");
    expect(vault.state.oauth.get("a")?.refreshToken).toBeUndefined();
  });
});

it("knows nothing of a flight that its log could not be trusted with", async () => {
  const vault = new TestVault(new MemoryLog(), new TestClock());
  await vault.call("oauth/put", credential("a", EXPIRED));
  vault.log.failure = { code: "DURABILITY_UNKNOWN", kept: true };
  expect(await codeOf(token(vault))).toBe("DURABILITY_UNKNOWN");
  expect(vault.provider.presented).toEqual([]);
});

describe("a refusal", () => {
  it("says that a secret has the name, to whoever would sign in for a credential of it", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    await expect(
      vault.call("oauth/login", { name: "a", url: "https://as.example" }),
    ).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
      hint: expect.stringContaining("choose another name"),
    });
  });

  it("says of a revocation that was not confirmed that nothing is forgotten", async () => {
    const vault = await withCredential();
    vault.provider.revokes = false;
    await expect(vault.call("oauth/revoke", { name: "a" })).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringMatching(/is kept: .* did not confirm that it is revoked$/),
    });
    expect(await token(vault)).toMatchObject({ accessToken: "access-0" });
  });
});

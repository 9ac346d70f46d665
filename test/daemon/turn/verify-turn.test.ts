import { createHash } from "node:crypto";
import type { Params, Result } from "@strongroom/client/protocol";
import { describe, expect, it } from "vitest";
import { codeOf, TestVault } from "../../support/vault.ts";

type Created = Result<"key/create">;
type Terms = Partial<Omit<Params<"key/create">, "requestId" | "seen">>;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A vault with a key of a service, and that of the service itself. */
async function withService(terms: Terms = {}): Promise<{
  readonly vault: TestVault;
  readonly made: Created;
  readonly server: string;
  readonly verify: (
    params?: Partial<Params<"key/verify">>,
    key?: string,
  ) => Promise<Result<"key/verify">>;
}> {
  const vault = new TestVault();
  const made = await vault.call("key/create", {
    name: "customer",
    audience: "billing",
    allow: ["read,invoices.create:/invoices/**"],
    deny: ["read:/invoices/secret/*"],
    noExpiry: true,
    ...terms,
  });
  const own = { name: "server", allow: ["verify:billing"], noExpiry: true } as const;
  const { id: server } = await vault.call("key/create", own);
  return {
    vault,
    made,
    server,
    verify: (params = {}, key = server) =>
      vault.call(
        "key/verify",
        {
          action: "read",
          resource: "/invoices/7",
          ...("sha256" in params ? {} : { token: made.token }),
          ...params,
        },
        { key },
      ),
  };
}

async function wordsOf(answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    () => "resolved",
    (error: { readonly toWire: () => unknown }) => error.toWire(),
  );
}

const REFUSED = {
  code: -32_004,
  message: "the key that was presented may not do that",
  data: {
    code: "DENIED",
    hint: "strongroom key list shows its owner what there is",
    retryable: false,
  },
};

describe("a key of a service", () => {
  it("is found by its token and by its hash, and may do what its rules say", async () => {
    const { made, vault, verify } = await withService({
      expiresAt: 1_800_000_000_000,
      noExpiry: undefined as never,
    });
    const found = {
      id: made.id,
      name: "customer",
      audience: "billing",
      expiresAt: 1_800_000_000_000,
    };
    expect(await verify()).toEqual({ ...found, revision: 2 });
    const digest = sha256(made.token);
    expect(await verify({ sha256: digest })).toEqual({ ...found, revision: 2 });
    expect(await verify({ sha256: digest.toUpperCase() })).toMatchObject({ id: made.id });
    expect(await verify({ action: "invoices.create" })).toMatchObject({ id: made.id });
    const reopened = vault.reopened();
    const asked = { sha256: digest, action: "read", resource: "/invoices/7" } as const;
    expect(await reopened.call("key/verify", asked)).toMatchObject({ id: made.id });
    expect(JSON.stringify(await verify())).not.toContain(made.token.slice(15, 58));
  });

  it("never authenticates to the vault itself, nor is a key of the vault one of a service", async () => {
    const { made, vault, verify } = await withService({ allow: ["get:**"] });
    const { token } = made;
    expect(await codeOf(vault.call("session/authenticate", { token }))).toBe("DENIED");
    await vault.set("a", "1");
    expect(await codeOf(vault.call("secret/get", { name: "a" }, { key: made.id }))).toBe("DENIED");
    const own = await vault.call("key/create", { name: "own", allow: ["get:**"], noExpiry: true });
    expect(await wordsOf(verify({ token: own.token, action: "get" }))).toEqual(REFUSED);
    const asked = { token: own.token, action: "get", resource: "a" };
    expect(await wordsOf(vault.call("key/verify", asked))).toEqual(REFUSED);
    expect(
      await wordsOf(verify({ token: own.token, action: "get", service: "strongroom" })),
    ).toEqual(REFUSED);
  });

  it("is shown with its audience, keeps it when it is rotated, and has actions of its own", async () => {
    const { made, vault, verify } = await withService();
    const { keys } = await vault.call("key/list", {});
    expect(keys.map(({ audience, name }) => [name, audience])).toEqual([
      ["customer", "billing"],
      ["server", "strongroom"],
    ]);
    const rotated = await vault.call("key/rotate", { key: "customer" });
    expect(await wordsOf(verify())).toEqual(REFUSED);
    expect(await verify({ token: rotated.token })).toMatchObject({ id: rotated.id });
    expect(await vault.call("key/show", { key: "customer" })).toMatchObject({
      audience: "billing",
    });
    await vault.call("key/update", { key: "customer", allow: ["anything:**"] });
    expect(await codeOf(vault.call("key/update", { key: "server", allow: ["anything:**"] }))).toBe(
      "INVALID",
    );
    expect(made.token).not.toBe(rotated.token);
  });
});

describe("whoever asks about a key", () => {
  it("must be allowed to speak for its service, and names it or any of its own", async () => {
    const { vault, verify } = await withService();
    const key = async (name: string, ...allow: string[]): Promise<string> =>
      (await vault.call("key/create", { name, allow, noExpiry: true })).id;
    const all = await key("all", "*:**");
    await expect(verify({}, all)).rejects.toMatchObject({
      message: "this API key may not do that",
    });
    expect(await wordsOf(verify({}, await key("other", "verify:mail")))).toEqual(REFUSED);
    expect(await codeOf(verify({}, await key("some", "verify:bill*")))).toBe("resolved");
    expect(await codeOf(verify({ service: "billing" }))).toBe("resolved");
    expect(await wordsOf(verify({ service: "mail" }))).toEqual(REFUSED);
    const asked = { sha256: "0".repeat(64), action: "read", resource: "a" };
    expect(await wordsOf(vault.call("key/verify", asked))).toEqual(REFUSED);
  });

  it("is judged with its own expiry, rate and quota in the same step", async () => {
    const { server, vault, verify } = await withService();
    await vault.call("key/update", { key: server, quota: 2, rate: { count: 3, perMs: 60_000 } });
    expect([await codeOf(verify()), await codeOf(verify()), await codeOf(verify())]).toEqual([
      "resolved",
      "resolved",
      "QUOTA_EXCEEDED",
    ]);
    await vault.call("key/update", { key: server, quota: 99 });
    expect([await codeOf(verify()), await codeOf(verify())]).toEqual(["resolved", "RATE_LIMITED"]);
    await vault.call("key/revoke", { key: server });
    await expect(verify()).rejects.toMatchObject({ message: "this API key is not valid" });
  });
});

describe("whoever asks too often", () => {
  const bad = { token: "srm_" } as const;

  it("is told so whatever is presented, and learns nothing of it", async () => {
    const { server, vault, verify } = await withService();
    await vault.call("key/update", { key: server, quota: 1 });
    await verify();
    for (const params of [{}, bad, { action: "write" }]) {
      expect([params, await codeOf(verify(params))]).toEqual([params, "QUOTA_EXCEEDED"]);
    }
    await vault.call("key/update", { key: server, quota: 99, rate: { count: 1, perMs: 60_000 } });
    await verify();
    for (const params of [{}, bad, { action: "write" }]) {
      expect([params, await codeOf(verify(params))]).toEqual([params, "RATE_LIMITED"]);
    }
  });

  it("has counted each question once, whatever the answer was", async () => {
    const { server, vault, verify } = await withService({ quota: 500 });
    await vault.call("key/update", { key: server, quota: 4, rate: { count: 4, perMs: 60_000 } });
    // What has to be written down first is judged again, and is one question.
    expect(await codeOf(verify())).toBe("resolved");
    expect(await codeOf(verify(bad))).toBe("DENIED");
    expect(await codeOf(verify({ cost: 200 }))).toBe("resolved");
    expect(await codeOf(verify(bad))).toBe("DENIED");
    expect(["QUOTA_EXCEEDED", "RATE_LIMITED"]).toContain(await codeOf(verify(bad)));
  });

  it("has used nothing of a quota by what was too fast", async () => {
    const { server, vault, verify } = await withService();
    await vault.call("key/update", { key: server, quota: 2, rate: { count: 1, perMs: 60_000 } });
    expect([await codeOf(verify()), await codeOf(verify())]).toEqual(["resolved", "RATE_LIMITED"]);
    vault.clock.pass(60_000);
    expect(await codeOf(verify())).toBe("resolved");
    vault.clock.pass(60_000);
    expect(await codeOf(verify())).toBe("QUOTA_EXCEEDED");
  });
});

it("answers all that is wrong with a key in the same words", async () => {
  const { made, vault, verify } = await withService({
    rate: { count: 5, perMs: 60_000 },
    quota: 3,
  });
  const soon = vault.clock.wall + 1000;
  const create = async (name: string, terms: Terms): Promise<string> => {
    const whose = { name, audience: "billing", allow: ["read:**"], ...terms };
    return (await vault.call("key/create", whose)).token;
  };
  const expired = await create("expired", { expiresAt: soon });
  const revoked = await create("revoked", { noExpiry: true });
  const foreign = await create("foreign", { noExpiry: true, audience: "mail" });
  await vault.call("key/revoke", { key: "revoked" });
  vault.clock.pass(1000);
  const other = await withService();
  const wrong: readonly Partial<Params<"key/verify">>[] = [
    { token: "" },
    { token: "srm_" },
    { token: made.token.slice(0, -1) },
    { token: "x".repeat(100_000) },
    { token: other.made.token },
    { sha256: sha256("") },
    { token: expired },
    { token: revoked },
    { token: foreign },
    { action: "write" },
    { resource: "/other" },
    { resource: "/invoices/secret/1" },
    { cost: 4 },
    { cost: 1_000_000 },
  ];
  for (const params of wrong)
    expect([params, await wordsOf(verify(params))]).toEqual([params, REFUSED]);
  // Nothing of that was counted.
  expect(await verify({ cost: 3 })).toMatchObject({ remaining: 0 });
  expect(await wordsOf(verify())).toEqual(REFUSED);
});

describe("the cost", () => {
  it("is taken from rate and quota, all or nothing", async () => {
    const { verify } = await withService({ rate: { count: 500, perMs: 60_000 }, quota: 450 });
    expect(await verify({ cost: 300 })).toMatchObject({ remaining: 150 });
    expect(await codeOf(verify({ cost: 151 }))).toBe("DENIED");
    expect(await verify()).toMatchObject({ remaining: 149 });
    expect(await verify({ cost: 149 })).toMatchObject({ remaining: 0 });
  });

  it("is taken from the rate by itself, which fills up again", async () => {
    const { vault, verify } = await withService({ rate: { count: 60, perMs: 60_000 } });
    expect(await codeOf(verify({ cost: 59 }))).toBe("resolved");
    expect(await wordsOf(verify({ cost: 2 }))).toEqual(REFUSED);
    expect([await codeOf(verify()), await codeOf(verify())]).toEqual(["resolved", "DENIED"]);
    vault.clock.pass(1000);
    expect(await codeOf(verify())).toBe("resolved");
  });

  it("is exact over many at once, and never given twice by a crash", async () => {
    const { made, vault, verify } = await withService({ quota: 250 });
    const codes = await Promise.all(
      Array.from({ length: 200 }, (_, n) => codeOf(verify({ cost: 1 + (n % 2) }))),
    );
    const used = codes.map((code, n) => (code === "resolved" ? 1 + (n % 2) : 0));
    expect(used.reduce((sum, each) => sum + each, 0)).toBe(250);
    const next = vault.reopened();
    const asked = { token: made.token, action: "read", resource: "/invoices/7" };
    expect(await codeOf(next.call("key/verify", asked))).toBe("DENIED");
  });

  it("counts a quota that was made smaller from the next request on", async () => {
    const { verify, vault } = await withService({ quota: 250 });
    await verify({ cost: 5 });
    await vault.call("key/update", { key: "customer", quota: 7 });
    expect(await codeOf(verify({ cost: 3 }))).toBe("DENIED");
    expect(await verify({ cost: 2 })).toMatchObject({ remaining: 0 });
  });
});

it("counts a revocation that came while the quota was written down", async () => {
  const { vault, verify } = await withService({ quota: 10 });
  const waiting = verify();
  const revoked = vault.call("key/revoke", { key: "customer" });
  await revoked;
  expect(await wordsOf(waiting)).toEqual(REFUSED);
});

it("refuses in the same words, also where the quota was used up while some was written down", async () => {
  const { vault, verify } = await withService({ quota: 101 });
  await verify({ cost: 5 });
  const updated = vault.call("key/update", { key: "customer", quota: 100 });
  const waiting = verify({ cost: 96 });
  await updated;
  expect(await wordsOf(waiting)).toEqual(REFUSED);
});

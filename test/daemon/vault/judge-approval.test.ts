import { LIMITS } from "@strongroom/client/protocol";
import { expect, it } from "vitest";
import { codeOf, TestVault } from "../../support/vault.ts";

const path = "/project/.env";
const [first, second] = ["a".repeat(64), "b".repeat(64)] as const;

it("a file's names are read under just the content that is approved", async () => {
  const vault = new TestVault();
  await vault.set("a", "1");
  const read = (sha256: string): Promise<string> =>
    codeOf(vault.call("vault/read", { names: ["a"], approvals: [{ path, sha256 }] }));
  expect(await read(first)).toBe("DENIED");
  await vault.call("approval/add", { path, sha256: first });
  expect([await read(first), await read(second)]).toEqual(["resolved", "DENIED"]);
  await vault.call("approval/add", { path, sha256: second });
  expect([await read(first), await read(second)]).toEqual(["DENIED", "resolved"]);
  await vault.call("approval/remove", { path });
  expect(await read(second)).toBe("DENIED");
  expect(await codeOf(vault.call("approval/remove", { path }))).toBe("NOT_FOUND");
});

it("one file that is not approved holds back the names of all", async () => {
  const vault = new TestVault();
  await vault.set("a", "1");
  await vault.call("approval/add", { path, sha256: first });
  const approvals = [
    { path, sha256: first },
    { path: "/other/.env", sha256: first },
  ];
  const refused = vault.call("vault/read", { names: ["a"], approvals });
  await expect(refused).rejects.toMatchObject({
    code: "DENIED",
    message: expect.stringContaining("/other/.env") as string,
    hint: expect.stringContaining("strongroom approval add") as string,
  });
});

it("so many files are approved and no more; one that changed is none more", async () => {
  const vault = new TestVault();
  const add = (n: number): Promise<unknown> =>
    vault.call("approval/add", { path: `/${n}`, sha256: first });
  await Promise.all(Array.from({ length: LIMITS.approvals }, (_, n) => add(n)));
  expect(await codeOf(add(LIMITS.approvals))).toBe("TOO_LARGE");
  expect(await codeOf(add(1))).toBe("resolved");
});

it("approvals are there again after a restart and a new epoch, and in no copy", async () => {
  const vault = new TestVault();
  await vault.call("approval/add", { path, sha256: first });
  await vault.call("approval/add", { path: "/gone", sha256: first });
  await vault.call("approval/remove", { path: "/gone" });
  const before = (await vault.call("approval/list", {})).approvals;
  expect(before).toMatchObject([{ path, sha256: first }]);
  const later = vault.reopened();
  expect((await later.call("approval/list", {})).approvals).toEqual(before);
  await later.call("vault/compact", {});
  const last = later.reopened();
  expect((await last.call("approval/list", {})).approvals).toEqual(before);
  expect(last.state.counters.weight).toBe(vault.state.counters.weight);
  expect(Buffer.concat([...last.state.copy()]).includes(path)).toBe(false);
});

import { LIMITS } from "@strongroom/client/protocol";
import { expect, it } from "vitest";
import { credential } from "../../support/oauth/credential.ts";
import { codeOf, TestVault } from "../../support/vault.ts";

const RECIPE = {
  name: "deploy",
  argv: ["/bin/echo", "{where:dev|prod}"],
  folder: "/",
  environment: [{ variable: "TOKEN", name: "ci/token" }],
} as const;

it("a recipe reads its own names, as long as it is the one that was read", async () => {
  const vault = new TestVault();
  await vault.set("ci/token", "1");
  await vault.set("prod/key", "2");
  await vault.call("recipe/set", RECIPE);
  const [recipe] = (await vault.call("recipe/list", {})).recipes;
  expect(recipe).toEqual({ ...RECIPE, generation: 3 });
  const read = (name: string, generation = 3): Promise<string> => {
    const asked = { names: [name], recipe: { name: "deploy", generation } };
    return codeOf(vault.call("vault/read", asked));
  };
  expect(await read("ci/token")).toBe("resolved");
  expect(await read("prod/key")).toBe("DENIED");
  await vault.call("recipe/set", { ...RECIPE, description: "another" });
  expect(await read("ci/token")).toBe("NOT_FOUND");
  expect(await read("ci/token", 4)).toBe("resolved");
  await vault.call("recipe/remove", { name: "deploy" });
  expect(await read("ci/token", 4)).toBe("NOT_FOUND");
  expect(await codeOf(vault.call("recipe/remove", { name: "deploy" }))).toBe("NOT_FOUND");
});

it("a recipe with an OAuth credential in it is refused", async () => {
  const vault = new TestVault();
  await vault.call("oauth/put", credential("o"));
  const environment = [{ variable: "A", name: "o" }];
  expect(await codeOf(vault.call("recipe/set", { ...RECIPE, environment }))).toBe("INVALID");
});

it("there are so many recipes and no more; one in the place of another is none more", async () => {
  const vault = new TestVault();
  const set = (n: number): Promise<unknown> =>
    vault.call("recipe/set", { ...RECIPE, name: `r${n}` });
  await Promise.all(Array.from({ length: LIMITS.recipes }, (_, n) => set(n)));
  expect(await codeOf(set(LIMITS.recipes))).toBe("TOO_LARGE");
  expect(await codeOf(set(1))).toBe("resolved");
});

it("recipes are there again after a restart and a new epoch, and in no copy", async () => {
  const vault = new TestVault();
  await vault.call("recipe/set", RECIPE);
  const before = (await vault.call("recipe/list", {})).recipes;
  await vault.call("vault/compact", {});
  const last = vault.reopened();
  expect((await last.call("recipe/list", {})).recipes).toEqual(before);
  expect(Buffer.concat([...last.state.copy()]).includes("deploy")).toBe(false);
});

import { expect, it } from "vitest";
import { VaultState } from "@strongroom/daemon/src/vault/state.ts";
import { makeSecret } from "@strongroom/daemon/src/vault/secret.ts";
import type { Secret } from "@strongroom/daemon/src/vault/secret.ts";

function secret(name: string, value: Buffer): Secret {
  const current = {
    version: 1,
    updatedAt: 7,
    value,
    encoding: "utf8",
    metadata: undefined,
  } as const;
  return makeSecret(name, current, undefined);
}

it("what a reader holds stays as it was when the name changes and its place is used again", () => {
  const state = new VaultState();
  state.put("a", secret("a", Buffer.from("first")));
  const held = state.get("a");
  state.put("a", secret("a", Buffer.from("second")));
  state.put("b", secret("b", Buffer.from("third")));
  expect(held?.value?.toString()).toBe("first");
  expect(state.get("a")?.value?.toString()).toBe("second");
});

it("a name holds what was put, whether it shares a slab or stands alone", () => {
  const state = new VaultState();
  for (const bytes of [0, 1, 4000, 4094, 4095, 100_000]) {
    const put = secret("a", Buffer.alloc(bytes, 9));
    state.put("a", put);
    expect(state.get("a")).toEqual(put);
    expect(state.peek("a")).toEqual(put);
  }
  state.put("a", undefined);
  expect(state.get("a")).toBeUndefined();
  expect(state.names()).toEqual([]);
});

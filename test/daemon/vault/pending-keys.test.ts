import { Pending } from "@strongroom/daemon/src/vault/pending.ts";
import type { KeyRecord } from "@strongroom/daemon/src/vault/key-record.ts";
import { VaultState } from "@strongroom/daemon/src/vault/state.ts";
import { expect, test } from "vitest";

const record = (id: string, name = id): KeyRecord => ({
  id,
  name,
  proof: "0".repeat(64),
  createdAt: 1,
  allow: [],
  deny: [],
});

test("a judgement that is refused leaves the keys as they were, those laid before it too", () => {
  const state = new VaultState();
  state.putKey(record("durable"));
  const pending = new Pending(state);
  pending.judge(1, () => (pending.record({ kind: "key", record: record("laid") }), []), undefined);
  expect(() =>
    pending.judge(
      1,
      () => {
        pending.record({ kind: "key", record: record("durable", "changed") });
        pending.record({ kind: "key", record: record("laid", "changed") });
        pending.record({ kind: "key", record: record("new") });
        pending.record({ kind: "forget-key", id: "durable" });
        throw new Error("refused");
      },
      undefined,
    ),
  ).toThrow("refused");
  expect(pending.keys.all()).toEqual([record("durable"), record("laid")]);
  expect([...state.keys.values()]).toEqual([record("durable")]);
  pending.publish();
  expect([...state.keys.values()]).toEqual([record("durable"), record("laid")]);
});

test("a key that is forgotten and was never there is no commit of ours", () => {
  const pending = new Pending(new VaultState());
  expect(() =>
    pending.judge(1, () => (pending.record({ kind: "forget-key", id: "x" }), []), undefined),
  ).toThrow(expect.objectContaining({ code: "CORRUPT" }));
});

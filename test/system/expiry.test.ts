import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import { RawClient } from "../support/raw-client.ts";
import { printCount, size } from "../support/size.ts";

test("what expired while the process stood still is not served by its first answer", async () => {
  const standsFor = size(1500, 10_000);
  printCount("milliseconds that a process stands still, across an expiry", standsFor, 10_000);
  const place = throwaway();
  const owner = await connected(place);
  await owner.set("kept", "1");
  const expiresAt = Date.now() + 1000;
  await owner.set("short", "1", { metadata: { expiresAt } });
  const terms = { name: "k", allow: ["get:**"], expiresAt } as const;
  const { token } = await owner.change("key/create", terms, {});
  const { endpoint = "", pid = 0 } = place.record() ?? {};
  const [own, keyed] = [await RawClient.greeted(endpoint), await RawClient.greeted(endpoint)];
  expect((await keyed.call("session/authenticate", { token })).error).toBeUndefined();
  process.kill(pid, "SIGSTOP");
  try {
    for (const [client, name] of [
      [own, "short"],
      [keyed, "kept"],
    ] as const) {
      client.send({ jsonrpc: "2.0", id: 7, method: "secret/get", params: { name } });
    }
    await pause(standsFor);
  } finally {
    process.kill(pid, "SIGCONT");
  }
  expect((await own.reply(7)).error?.data.code).toBe("NOT_FOUND");
  expect((await keyed.reply(7)).error?.data.code).toBe("DENIED");
  // Nothing was thrown away: what expired is still there for the owner to see.
  const { secrets } = await owner.list({ all: true });
  expect(secrets.map(({ expired, name }) => [name, expired])).toEqual([
    ["kept", undefined],
    ["short", true],
  ]);
});

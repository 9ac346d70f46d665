import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { isThere, place, until } from "./support/place.mjs";

async function serving(at) {
  at.daemon();
  await until(() => at.record(), "a record");
  return at.client();
}

test("the SDK stores, reads, lists, restores and deletes", async (t) => {
  const at = place(t);
  const client = await serving(at);
  assert.equal((await client.set("github/token", "one")).version, 1);
  assert.equal((await client.set("github/token", "two")).version, 2);
  assert.equal((await client.get("github/token")).text(), "two");
  assert.equal((await client.get("github/token", { version: 1 })).text(), "one");
  await client.set("ci/token", "three", { metadata: { tags: ["ci"], note: "of a test" } });
  const { secrets } = await client.list({ pattern: "*/token" });
  assert.deepEqual(
    secrets.map(({ name, version }) => [name, version]),
    [
      ["ci/token", 1],
      ["github/token", 2],
    ],
  );
  assert.equal((await client.restore("github/token", 1)).version, 3);
  assert.equal((await client.get("github/token")).text(), "one");
  await client.delete("ci/token");
  await assert.rejects(client.get("ci/token"), { code: "NOT_FOUND" });
  const verified = await client.verify();
  assert.equal(verified.ok, true);
  await client.compact();
  assert.equal((await client.get("github/token")).text(), "one");
  client.close();
});

test("of two changes of one version one is a CONFLICT", async (t) => {
  const at = place(t);
  const client = await serving(at);
  const other = await at.client();
  await client.set("counter", "0");
  const change = (who) => who.set("counter", "1", { expect: { version: 1 } });
  const outcomes = await Promise.allSettled([change(client), change(other)]);
  const refused = outcomes.filter(({ status }) => status === "rejected");
  assert.deepEqual(
    refused.map(({ reason }) => reason.code),
    ["CONFLICT"],
  );
  await assert.rejects(client.set("counter", "x", { expect: { absent: true } }), {
    code: "ALREADY_EXISTS",
  });
  const increments = [client, other].map(async (each) => {
    for (let n = 0; n < 50; n += 1) {
      await each.update("counter", (secret) => String(Number(secret?.text() ?? 0) + 1));
    }
  });
  await Promise.all(increments);
  assert.equal((await client.get("counter")).text(), "101");
  t.diagnostic("2 connections × 50 compare-and-swap increments: exactly 100 more");
  client.close();
  other.close();
});

test("a value of 1 MiB goes through the pipe and comes back, and one byte more is refused", async (t) => {
  const at = place(t);
  const client = await serving(at);
  const value = randomBytes(1_048_576);
  const from = performance.now();
  await client.set("large", value);
  const set = Math.round(performance.now() - from);
  assert.ok(value.equals(Buffer.from((await client.get("large")).bytes())));
  t.diagnostic(`set in ${set} ms, set and get in ${Math.round(performance.now() - from)} ms`);
  await assert.rejects(client.set("large", randomBytes(1_048_577)), { code: "TOO_LARGE" });
  client.close();
});

test("a watch tells of what another client does", async (t) => {
  const at = place(t);
  const client = await serving(at);
  const watcher = await at.client();
  const { revision } = await client.set("watched/a", "1");
  const seen = [];
  const watching = (async () => {
    for await (const event of watcher.watch("watched/**", { since: revision })) {
      seen.push(event);
      if (seen.length === 2) return;
    }
  })();
  await client.set("watched/b", "2");
  await client.delete("watched/a");
  await watching;
  assert.deepEqual(
    seen.map(({ event, name }) => [event, name]),
    [
      ["set", "watched/b"],
      ["delete", "watched/a"],
    ],
  );
  client.close();
  watcher.close();
});

test("a client that finds no daemon starts one, which outlives it", async (t) => {
  const at = place(t);
  const from = performance.now();
  const client = await at.client({ autostart: true, create: true });
  await client.set("a", "b");
  const took = Math.round(performance.now() - from);
  const { pid } = await client.status();
  client.close();
  const other = await at.client();
  assert.equal((await other.status()).pid, pid);
  t.diagnostic(`no daemon and no vault → stored in ${took} ms`);
  await other.stop();
  other.close();
  await until(() => !isThere(pid), "its end");
});

test("20 cold clients start daemons, and one serves them all", async (t) => {
  const at = place(t);
  const first = await at.client({ autostart: true, create: true });
  const { pid } = await first.status();
  await first.stop();
  first.close();
  await until(() => !isThere(pid), "its end");
  const from = performance.now();
  const clients = await Promise.all(
    Array.from({ length: 20 }, () => at.client({ autostart: true })),
  );
  const pids = await Promise.all(clients.map(async (each) => (await each.status()).pid));
  assert.equal(new Set(pids).size, 1);
  t.diagnostic(`20 clients, 1 owner, ${Math.round(performance.now() - from)} ms`);
  for (const client of clients) client.close();
});

test("a restarted daemon is met by a client that was connected to the one before", async (t) => {
  const at = place(t);
  const client = await at.client({ autostart: true, create: true });
  await client.set("a", "b");
  const before = await client.status();
  await client.stop();
  await until(() => !isThere(before.pid), "its end");
  assert.equal((await client.get("a")).text(), "b");
  const after = await client.status();
  assert.notEqual(after.pid, before.pid);
  assert.notEqual(after.endpoint, before.endpoint);
  client.close();
});

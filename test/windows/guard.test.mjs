import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { end, isThere, place, PROGRAMS, until } from "./support/place.mjs";

const STARTERS = 20;
const ROUNDS = 3;
const KILLS = 5;

/** Resolves with a client of the daemon that serves now; `not` is one that was killed. */
async function served(at, not) {
  await until(() => {
    const record = at.record();
    return record !== undefined && record.pid !== not && isThere(record.pid);
  }, "a record of one that runs");
  return at.client();
}

test("one of 20 starters owns the vault, and the others say that one does", async (t) => {
  const at = place(t);
  let killed;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const from = performance.now();
    const starters = Array.from({ length: STARTERS }, () => at.daemon());
    const ended = [];
    for (const { done } of starters) void done.then((outcome) => ended.push(outcome));
    await until(() => ended.length >= STARTERS - 1, "the end of 19 starters");
    // Long enough for a second owner to show itself.
    await pause(500);
    assert.equal(ended.length, STARTERS - 1);
    for (const { status, stderr } of ended) {
      assert.equal(status, 0);
      assert.equal(stderr.trim(), "strongroomd: already running");
    }
    const client = await served(at, killed);
    const owners = starters.filter((each) => each.process.exitCode === null);
    assert.equal(owners.length, 1);
    const [owner] = owners;
    const status = await client.status({ detail: true });
    assert.equal(status.pid, owner.process.pid);
    assert.equal(status.detail.lock, "UV_FS_O_EXLOCK");
    client.close();
    t.diagnostic(
      `round ${round}: ${STARTERS} starters, 1 owner, ${ended.length} "already running" with status 0, ${Math.round(performance.now() - from)} ms`,
    );
    killed = owner.process.pid;
    end(killed);
    await owner.done;
  }
});

test("20 processes are served at once", async (t) => {
  const at = place(t);
  at.daemon();
  const client = await served(at);
  const from = performance.now();
  const clients = Array.from(
    { length: 20 },
    (_, n) => at.program(PROGRAMS.client, [`name-${n}`]).done,
  );
  const outcomes = await Promise.all(clients);
  const took = Math.round(performance.now() - from);
  assert.deepEqual(
    outcomes.map(({ status, stdout, stderr }) => ({ status, stdout, stderr })),
    Array.from({ length: 20 }, (_, n) => ({ status: 0, stdout: `name-${n} 1 10\n`, stderr: "" })),
  );
  const { secrets } = await client.list();
  assert.equal(secrets.length, 20);
  client.close();
  t.diagnostic(
    `20 client processes on the pipe, 20 served (a set, a get and 10 reads each), ${took} ms`,
  );
});

test("the next owner of a killed one has all that was acknowledged", async (t) => {
  const at = place(t);
  const acknowledged = new Map();
  let killed;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const starter = at.daemon();
    const client = await served(at, killed);
    let atOnce = 0;
    for (const [name, value] of acknowledged) {
      assert.equal((await client.get(name)).text(), value);
    }
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let n = 0; ; n += 1) {
        const name = `kill-${kill}/writer-${writer}/${n}`;
        try {
          await client.set(name, `value of ${name}`);
        } catch {
          return;
        }
        acknowledged.set(name, `value of ${name}`);
        atOnce += 1;
      }
    });
    await pause(200 + 300 * Math.random());
    killed = starter.process.pid;
    assert.equal((await at.record()).pid, killed);
    const from = performance.now();
    end(killed);
    await starter.done;
    const gone = Math.round(performance.now() - from);
    await Promise.all(writers);
    client.close();
    t.diagnostic(`kill ${kill}: after ${atOnce} acknowledged writes; gone in ${gone} ms`);
    assert.ok(atOnce > 0);
  }
  at.daemon();
  const from = performance.now();
  const client = await served(at, killed);
  const took = Math.round(performance.now() - from);
  for (const [name, value] of acknowledged) {
    assert.equal((await client.get(name)).text(), value);
  }
  client.close();
  t.diagnostic(
    `${KILLS} kills, ${acknowledged.size} acknowledged writes, 0 lost; the last taken over in ${took} ms`,
  );
});

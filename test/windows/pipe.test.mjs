import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { end, isThere, place, PROGRAMS, until } from "./support/place.mjs";

const CHALLENGE = /^strongroom-proof 1 [0-9a-f]{64}\n$/u;
const VALUE = "a value that no stranger gets";

/** A daemon with one secret in its vault; resolves with its record. */
async function serving(at) {
  at.daemon();
  const record = await until(() => at.record(), "a record");
  const client = await at.client();
  await client.set("github/token", VALUE);
  client.close();
  return record;
}

/** All that comes of a pipe until it is closed, when these bytes are written. */
function said(pipe, ...chunks) {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(pipe, () => {
      for (const chunk of chunks) socket.write(chunk);
    });
    socket.on("error", () => {});
    socket.on("data", (chunk) => (text += chunk));
    socket.on("close", () => resolve(text));
  });
}

function frame(message) {
  const body = JSON.stringify({ jsonrpc: "2.0", ...message });
  return `Content-Length: ${body.length}\r\n\r\n${body}`;
}

const HELLO = frame({
  id: 0,
  method: "hello",
  params: { protocol: { min: 1, max: 1 }, client: { name: "stranger", version: "1" } },
});
const GET = frame({ id: 1, method: "secret/get", params: { name: "github/token" } });

async function squatting(at, pipe, answer) {
  const squatter = at.program(PROGRAMS.squatter, [pipe, ...(answer === undefined ? [] : [answer])]);
  await until(() => squatter.said.stdout.includes("listening"), "a squatter");
  return squatter;
}

function got(squatter) {
  const [, ...lines] = squatter.said.stdout.trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}

test("a client that does not know the secret gets no method served", async (t) => {
  const at = place(t);
  const { endpoint } = await serving(at);
  const began = `strongroom-proof 1 ${"0".repeat(64)}\n`;
  const heard = {
    "hello at once": await said(endpoint, HELLO, GET),
    "a proof of its own": await said(endpoint, began, `${"0".repeat(64)}\n`, HELLO, GET),
    "other words": await said(endpoint, "GET / HTTP/1.1\r\n".repeat(100)),
    nothing: await said(endpoint),
  };
  for (const [what, text] of Object.entries(heard)) {
    // To one that begins as it should, the daemon proves itself first.
    assert.match(text, what === "a proof of its own" ? /^[0-9a-f]{64} [0-9a-f]{64}\n$/u : /^$/u);
    t.diagnostic(`a client that sends ${what}: ${text.length} bytes came back, no frame, closed`);
  }
  const client = await at.client();
  assert.equal((await client.get("github/token")).text(), VALUE);
  client.close();
});

test("however many connect and say nothing, the owner is served", async (t) => {
  const at = place(t);
  const { endpoint } = await serving(at);
  const sockets = [];
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  const stranger = () => {
    const socket = connect(endpoint);
    sockets.push(socket);
    socket.on("error", () => {}).resume();
    return socket;
  };
  const connected = Array.from({ length: 320 }, () => once(stranger(), "connect"));
  await Promise.all(connected);
  const client = await at.client({ timeout: "10s" });
  assert.equal((await client.get("github/token")).text(), VALUE);
  const gone = sockets.filter(({ destroyed }) => destroyed).length;
  t.diagnostic(`${sockets.length} strangers, of whom ${gone} were dropped by then: served`);
  client.close();
});

test("a squatter at the name of a killed daemon gets a random number and nothing else", async (t) => {
  const at = place(t);
  const { endpoint, pid } = await serving(at);
  end(pid);
  await until(() => !isThere(pid), "its end");
  assert.equal(at.record().endpoint, endpoint);
  for (const answer of [undefined, `${"0".repeat(64)} ${"0".repeat(64)}\n`, HELLO]) {
    const squatter = await squatting(at, endpoint, answer);
    await assert.rejects(at.client({ timeout: "4s" }), { code: "DENIED" });
    const env = { STRONGROOM_AUTOSTART: "0" };
    const { status, stderr } = await at.cli(["get", "github/token"], { also: env });
    assert.equal(status, 4, stderr);
    assert.ok(stderr.includes(endpoint), stderr);
    await until(() => got(squatter).length >= 2, "what the squatter got");
    for (const text of got(squatter)) assert.match(text, CHALLENGE);
    t.diagnostic(`it answers ${answer?.length ?? 0} bytes: refused with DENIED by SDK and CLI`);
    squatter.process.kill();
    await squatter.done;
  }
});

test("a client that may start a daemon passes a squatter over", async (t) => {
  const at = place(t);
  const { endpoint, pid } = await serving(at);
  end(pid);
  await until(() => !isThere(pid), "its end");
  const squatter = await squatting(at, endpoint);
  const client = await at.client({ autostart: true });
  assert.equal((await client.get("github/token")).text(), VALUE);
  const record = at.record();
  assert.notEqual(record.endpoint, endpoint);
  client.close();
  for (const text of got(squatter)) assert.match(text, CHALLENGE);
  t.diagnostic("the next daemon has another name, and its client met it there");
});

test("a record that names a pipe of another machine is not followed", async (t) => {
  const at = place(t);
  const { pid } = await serving(at);
  end(pid);
  await until(() => !isThere(pid), "its end");
  const path = join(at.vault, "daemon.pid");
  const record = JSON.parse(readFileSync(path, "utf8"));
  for (const endpoint of [
    String.raw`\\other\pipe\strongroom-0123456789abcdef0123456789abcdef`,
    String.raw`\\.\pipe\another`,
  ]) {
    writeFileSync(path, `${JSON.stringify({ ...record, endpoint })}\n`);
    await assert.rejects(at.client({ timeout: "2s" }), { code: "UNAVAILABLE" });
  }
});

test("the secret of a start is drawn anew, and taken away at its end", async (t) => {
  const at = place(t);
  const path = join(at.vault, "daemon.secret");
  const seen = [];
  for (let start = 0; start < 2; start += 1) {
    await serving(at);
    seen.push(readFileSync(path, "latin1"));
    const client = await at.client();
    const { pid } = await client.status();
    await client.stop();
    client.close();
    await until(() => !isThere(pid), "its end");
    assert.throws(() => readFileSync(path), { code: "ENOENT" });
    assert.equal(at.record(), undefined);
  }
  assert.match(seen[0], /^[0-9a-f]{64}\n$/u);
  assert.notEqual(seen[0], seen[1]);
});

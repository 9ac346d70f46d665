import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { dialProved } from "@strongroom/client/src/pipe.ts";
import { prove } from "@strongroom/client/src/prove.ts";
import { Link } from "@strongroom/client/src/link.ts";
import { helloParams } from "@strongroom/client/src/hello.ts";
import { Patience } from "@strongroom/client/src/patience.ts";
import {
  encodeFrame,
  formatAnswer,
  formatChallenge,
  formatPipeSecret,
  formatReply,
  LIMITS,
  PROOF_BYTES,
  readExactly,
} from "@strongroom/client/protocol";
import { describe, expect, onTestFinished, test } from "vitest";

import { HELLO, request } from "../../support/raw-client.ts";
import { serve } from "../../support/served.ts";

const secret = randomBytes(32);
const other = randomBytes(32);
const NONCE = "0".repeat(64);

/** All that a socket gets until it is closed. */
async function heard(socket: Socket): Promise<string> {
  let text = "";
  socket.on("error", () => {}).on("data", (chunk) => (text += chunk.toString()));
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

function frame(message: object): Buffer {
  return encodeFrame(JSON.stringify(message));
}

/** A server that is no daemon: it answers the first line, and keeps what it gets. */
async function squatter(
  answer: (line: string, path: string) => string,
): Promise<{ readonly path: string; readonly got: () => string; readonly folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-squat-"));
  const path = join(folder, "s.sock");
  let got = "";
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      if (got === "") socket.write(answer(chunk.toString(), path));
      got += chunk.toString();
    });
  });
  server.listen(path);
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, "secret"), formatPipeSecret(secret), { mode: 0o600 });
  return { path, folder, got: () => got };
}

describe("where both ends prove that they know a secret", { timeout: 20_000 }, () => {
  test("a client that does is served, and what it wrote behind its proof is not lost", async () => {
    const { path } = await serve({ secret });
    const socket = connect(path);
    await once(socket, "connect");
    expect(await prove(socket, path, secret)).toBe("proved");
    const link = new Link(socket);
    const deadline = new Patience({ ms: 5000, asked: true }).forAnswer();
    const late = (): never => expect.unreachable();
    const hello = await link.call("hello", helloParams("test"), deadline, late);
    expect(hello).toMatchObject({ vault: "v", state: "open" });
    const params = { name: "a", value: "b" };
    expect(await link.call("secret/set", params, deadline, late)).toMatchObject({ name: "a" });
    link.close();
  });

  test("hello may come in one write with the proof", async () => {
    const { path } = await serve({ secret });
    const socket = connect(path);
    await once(socket, "connect");
    socket.write(formatChallenge(NONCE));
    const line = await readExactly(socket, PROOF_BYTES.answer, AbortSignal.timeout(5000));
    const daemonNonce = line?.toString().slice(0, 64) ?? "";
    const terms = { secret, endpoint: path, clientNonce: NONCE, daemonNonce };
    expect(line?.toString()).toBe(formatAnswer(terms));
    socket.write(Buffer.concat([Buffer.from(formatReply(terms)), frame(HELLO)]));
    const [reply] = (await once(socket, "data")) as [Buffer];
    expect(reply.toString()).toContain('"vault":"v"');
    socket.destroy();
  });

  for (const [what, first] of [
    ["hello at once", frame(HELLO)],
    ["another secret", undefined],
    ["another greeting", `strongroom-proof 2 ${NONCE}\n`],
    ["digits that are none", `strongroom-proof 1 ${"g".repeat(64)}\n`],
    ["much, and never a line", Buffer.alloc(1_000_000, "a")],
  ] as const) {
    test(`a client that sends ${what} gets no method served`, async () => {
      const { path, server, turn } = await serve({ secret });
      const socket = connect(path);
      await once(socket, "connect");
      if (first === undefined) {
        socket.write(formatChallenge(NONCE));
        const line = await readExactly(socket, PROOF_BYTES.answer, AbortSignal.timeout(5000));
        const daemonNonce = line?.toString().slice(0, 64) ?? "";
        const endpoint = path;
        socket.write(formatReply({ secret: other, endpoint, clientNonce: NONCE, daemonNonce }));
      } else socket.write(first);
      socket.write(frame(HELLO));
      socket.write(frame(request(1, "secret/set", { name: "a", value: "b" })));
      expect(await heard(socket)).toBe("");
      expect(turn.revision).toBe(0);
      expect(server.figures()).toEqual({ connections: 0, refusals: {} });
    });
  }

  test("a client that says nothing is dropped", async () => {
    const { path } = await serve({ secret });
    const socket = connect(path);
    const from = performance.now();
    expect(await heard(socket)).toBe("");
    expect(performance.now() - from).toBeGreaterThanOrEqual(LIMITS.helloMs - 50);
  });

  test("a proof of one connection is none of another", async () => {
    const { path } = await serve({ secret });
    const lines = [];
    for (let n = 0; n < 2; n += 1) {
      const socket = connect(path);
      await once(socket, "connect");
      socket.write(formatChallenge(NONCE));
      lines.push(await readExactly(socket, PROOF_BYTES.answer, AbortSignal.timeout(5000)));
      if (n === 0) socket.destroy();
      else {
        const daemonNonce = lines[0]?.toString().slice(0, 64) ?? "";
        socket.write(formatReply({ secret, endpoint: path, clientNonce: NONCE, daemonNonce }));
        expect(await heard(socket)).toBe("");
      }
    }
    expect(lines[0]?.equals(lines[1] ?? Buffer.alloc(0))).toBe(false);
  });

  test("none of them keeps a server from ending", async () => {
    const { path, server } = await serve({ secret });
    const socket = connect(path);
    await once(socket, "connect");
    await server.close(60_000);
    expect(await heard(socket)).toBe("");
  });
});

describe("a client", { timeout: 20_000 }, () => {
  test("meets a daemon that knows the secret", async () => {
    const { path, folder } = await squatter((line, endpoint) => {
      const clientNonce = line.slice(-65, -1);
      return formatAnswer({ secret, endpoint, clientNonce, daemonNonce: NONCE });
    });
    const dialled = await dialProved(path, join(folder, "secret"));
    expect(dialled.kind).toBe("connected");
    if (dialled.kind === "connected") dialled.socket.destroy();
  });

  for (const [what, answer] of [
    ["nothing", () => ""],
    ["something else", () => "hello\n".repeat(100)],
    ["what the client said", (line: string) => line + line],
    [
      "a proof with another secret",
      (line: string, endpoint: string) =>
        formatAnswer({
          secret: other,
          endpoint,
          clientNonce: line.slice(-65, -1),
          daemonNonce: NONCE,
        }),
    ],
    [
      "the proof of a daemon at another pipe",
      (line: string) =>
        formatAnswer({
          secret,
          endpoint: "elsewhere",
          clientNonce: line.slice(-65, -1),
          daemonNonce: NONCE,
        }),
    ],
    [
      "a proof for another client",
      (_: string, endpoint: string) =>
        formatAnswer({ secret, endpoint, clientNonce: NONCE, daemonNonce: NONCE }),
    ],
  ] as const) {
    test(`sends nothing but a random number to who answers ${what}`, async () => {
      const { got, path, folder } = await squatter(answer);
      const dialled = await dialProved(path, join(folder, "secret"));
      expect(dialled).toMatchObject({ kind: "nobody", stranger: { code: "DENIED" } });
      expect(got()).toMatch(/^strongroom-proof 1 [0-9a-f]{64}\n$/u);
    });
  }

  test("takes one that ends the connection for a daemon that is going", async () => {
    const folder = mkdtempSync(join(tmpdir(), "strongroom-squat-"));
    const path = join(folder, "s.sock");
    const server = createServer((socket) => socket.destroy()).listen(path);
    await once(server, "listening");
    writeFileSync(join(folder, "secret"), formatPipeSecret(secret));
    expect(await dialProved(path, join(folder, "secret"))).toEqual({ kind: "nobody" });
    server.close();
    rmSync(folder, { recursive: true });
  });

  test("connects to nobody where there is no secret to prove", async () => {
    let connections = 0;
    const { path, folder } = await squatter(() => {
      connections += 1;
      return "";
    });
    for (const text of ["", "ab\n", "0".repeat(64), `${"0".repeat(65)}\n`]) {
      writeFileSync(join(folder, "secret"), text);
      expect(await dialProved(path, join(folder, "secret"))).toEqual({ kind: "nobody" });
    }
    expect(await dialProved(path, join(folder, "none"))).toEqual({ kind: "nobody" });
    expect(connections).toBe(0);
  });
});

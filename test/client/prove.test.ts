import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

import { prove } from "@strongroom/client/src/prove.ts";
import { expect, onTestFinished, test } from "vitest";

const LIMIT_MS = 50;

/** A daemon with a loop of its own: answers each client, and counts in `answers` what is sent. */
const DAEMON = `
  const { createHmac } = require("node:crypto");
  const { createServer } = require("node:net");
  const { parentPort, workerData } = require("node:worker_threads");
  const { path, secret, answers } = workerData;
  createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (line) => {
      const nonces = [line.toString("latin1").slice(-65, -1), "0".repeat(64)];
      const text = ["strongroom-proof 1", "daemon", path, ...nonces, ""].join("\\n");
      const proof = createHmac("sha256", secret).update(text).digest("hex");
      socket.write(nonces[1] + " " + proof + "\\n", () => {
        Atomics.add(answers, 0, 1);
        Atomics.notify(answers, 0);
      });
    });
  }).listen(path, () => parentPort.postMessage("listening"));
`;

test(
  "a client that stood still for longer than a proof may take knows its daemon all the same",
  { timeout: 20_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "strongroom-prove-"));
    const path = join(folder, "s.sock");
    const secret = randomBytes(32);
    const answers = new Int32Array(new SharedArrayBuffer(4));
    const daemon = new Worker(DAEMON, { eval: true, workerData: { path, secret, answers } });
    onTestFinished(async () => {
      await daemon.terminate();
      rmSync(folder, { recursive: true });
    });
    await once(daemon, "message");
    const socket = connect(path);
    await once(socket, "connect");
    const outcome = prove(socket, path, secret, LIMIT_MS);
    const from = performance.now();
    // The loop stands here: the answer comes meanwhile, and the time is over when it goes on.
    Atomics.wait(answers, 0, 0, 10_000);
    expect(answers[0]).toBe(1);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * LIMIT_MS);
    expect(performance.now() - from).toBeGreaterThan(LIMIT_MS);
    expect(await outcome).toBe("proved");
    socket.destroy();
  },
);

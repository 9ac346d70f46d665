import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSystemCalls } from "@strongroom/daemon/src/native/system-calls.ts";
import type { SystemCalls } from "@strongroom/daemon/src/native/system-calls.ts";
import { describe, expect, onTestFinished, test } from "vitest";

function hasKoffi(): boolean {
  try {
    createRequire(import.meta.url).resolve("koffi");
    return true;
  } catch {
    return false;
  }
}

/** The package as far as it is used: what it is asked for, and a kernel of the test's. */
function pretended(getsockopt: (...given: unknown[]) => number) {
  const asked: unknown[][] = [];
  const load = async (): Promise<unknown> => ({
    load: () => ({
      func: (prototype: string) => (prototype.includes("prctl") ? note : getsockopt),
    }),
  });
  const note = (...given: unknown[]): number => {
    asked.push(given);
    return 0;
  };
  return { asked, load };
}

/** A socket whose other end is this process. */
async function connected(): Promise<Socket> {
  const folder = mkdtempSync(join(tmpdir(), "sr-peer-"));
  const server = createServer();
  const path = join(folder, "s");
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
  const client = connect(path);
  const socket = await accepted;
  onTestFinished(() => {
    client.destroy();
    socket.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return socket;
}

describe("the system's own calls", () => {
  test("are left out where the package is missing, broken, or the system another", async () => {
    const missing = (): Promise<never> => Promise.reject(new Error("ERR_MODULE_NOT_FOUND"));
    expect(await loadSystemCalls(missing, "linux")).toBeUndefined();
    expect(await loadSystemCalls(async () => ({}), "linux")).toBeUndefined();
    const { load } = pretended(() => 0);
    expect(await loadSystemCalls(load, "darwin")).toBeUndefined();
    expect(await loadSystemCalls(load, "linux")).toBeDefined();
  });

  test("name the process that the kernel names, with the program that it runs", async () => {
    const { load } = pretended((_fd, level, name, bytes) => {
      expect([level, name]).toEqual([1, 17]);
      (bytes as Buffer).writeInt32LE(process.pid, 0);
      (bytes as Buffer).writeUInt32LE(4_000_000_000, 4);
      return 0;
    });
    const peer = (await loadSystemCalls(load, "linux"))?.peerOf(await connected());
    const executable = process.platform === "linux" ? { executable: process.execPath } : {};
    expect(peer).toEqual({ pid: process.pid, uid: 4_000_000_000, ...executable });
  });

  test("name nobody when the kernel does not, or the socket is gone", async () => {
    const socket = await connected();
    const none = await loadSystemCalls(pretended(() => -1).load, "linux");
    expect(none?.peerOf(socket)).toBeUndefined();
    const elsewhere = await loadSystemCalls(pretended(() => 0).load, "linux");
    expect(elsewhere?.peerOf(socket)).toBeUndefined();
    socket.destroy();
    expect(elsewhere?.peerOf(socket)).toBeUndefined();
  });

  test("make the process one whose memory others may not read", async () => {
    const { asked, load } = pretended(() => 0);
    (await loadSystemCalls(load, "linux"))?.hideMemory();
    expect(asked).toEqual([[4, 0, 0, 0, 0]]);
  });

  const isThere = process.platform === "linux" && hasKoffi();
  test.skipIf(!isThere)("are real where koffi is installed (else skipped)", async () => {
    const calls: SystemCalls | undefined = await loadSystemCalls();
    const peer = calls?.peerOf(await connected());
    expect(peer).toEqual({
      pid: process.pid,
      uid: process.getuid?.(),
      executable: process.execPath,
    });
    expect(readFileSync("/proc/self/status", "utf8")).toContain("Pid:");
  });
});

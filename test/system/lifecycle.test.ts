import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { readLastExit } from "@strongroom/client/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { ask, Daemons, get, recordOf, set, until } from "../support/daemons.ts";
import { listensOnTcp } from "../support/listens.ts";
import { HELLO, RawClient, request } from "../support/raw-client.ts";

const daemons = new Daemons();
afterEach(() => daemons.clear());
const newHome = (): string => join(daemons.folder(), "home");

describe.skipIf(process.platform === "win32")("a stop", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "by %s leaves neither record nor socket",
    async (signal) => {
      const home = newHome();
      const daemon = await daemons.started(home);
      await set(home, "a", "1");
      daemon.child.kill(signal);
      const { status, said } = await daemon.exited;
      expect(status).toBe(0);
      expect(said).toContain(`stops: it got ${signal}`);
      expect(existsSync(join(home, "vault/daemon.pid"))).toBe(false);
      expect(readdirSync(join(home, "run"))).toStrictEqual([]);
      expect(readLastExit(join(home, "state"))).toMatchObject({
        pid: daemon.pid,
        code: 0,
        reason: `it got ${signal}`,
      });
    },
  );

  it("answers what was accepted, and its own request", async () => {
    const home = newHome();
    const daemon = await daemons.started(home);
    const client = await RawClient.greeted(recordOf(home)?.endpoint ?? "");
    const sets = Array.from({ length: 50 }, (_, index) =>
      request(index, "secret/set", { name: `n${index}`, value: "1" }),
    );
    client.send(...sets, request(50, "daemon/stop", {}));
    for (let id = 0; id <= 50; id += 1) expect((await client.reply(id)).error).toBeUndefined();
    expect((await daemon.exited).status).toBe(0);
    await daemons.started(home);
    expect(await get(home, "n49")).toBe("1");
  });

  it("is told to the next daemon, which shows it", async () => {
    const home = newHome();
    const daemon = await daemons.started(home);
    daemon.child.kill("SIGTERM");
    await daemon.exited;
    await daemons.started(home);
    const { result } = await ask(home, "vault/status", { detail: true });
    expect(result?.["detail"]).toMatchObject({
      lastExit: expect.stringContaining("it got SIGTERM") as unknown,
      lock: process.platform === "linux" ? "flock" : "O_EXLOCK",
    });
  });

  it("answers everybody who had connected before it, however many", async () => {
    const home = newHome();
    const daemon = await daemons.started(home);
    const endpoint = recordOf(home)?.endpoint ?? "";
    daemon.child.kill("SIGSTOP");
    const clients = await Promise.all(
      Array.from({ length: 40 }, () => RawClient.connect(endpoint)),
    );
    for (const [index, client] of clients.entries()) {
      client.send(HELLO, request(2, "secret/set", { name: `n${index}`, value: "1" }));
    }
    daemon.child.kill("SIGTERM");
    daemon.child.kill("SIGCONT");
    for (const client of clients) expect((await client.reply(2)).error).toBeUndefined();
    expect((await daemon.exited).status).toBe(0);
  });

  it("comes by itself with --idle, and no client that got through is left without an answer", async () => {
    const home = newHome();
    let served = 0;
    for (let round = 0; round < 8; round += 1) {
      const idleMs = 40;
      const daemon = await daemons.started(home, { args: ["--idle", `${idleMs}ms`] });
      const endpoint = recordOf(home)?.endpoint ?? "";
      for (let aim = 0; aim < 6; aim += 1) {
        await new Promise((resolve) => setTimeout(resolve, idleMs - 4 + Math.random() * 8));
        const client = await RawClient.connect(endpoint).catch(() => undefined);
        if (client === undefined) break;
        client.send(HELLO, request(2, "secret/set", { name: "a", value: "1" }));
        expect((await client.reply(2)).error).toBeUndefined();
        client.destroy();
        served += 1;
      }
      const { status, said } = await daemon.exited;
      expect(status).toBe(0);
      expect(said).toContain("nobody was connected");
    }
    console.log(`${served} clients were served around the moment of leaving`);
  }, 60_000);
});

describe.runIf(process.platform === "linux")("the inspector", () => {
  it("stays shut when SIGUSR1 comes", async () => {
    const home = newHome();
    const daemon = await daemons.started(home);
    daemon.child.kill("SIGUSR1");
    await set(home, "a", "1");
    expect(listensOnTcp(daemon.pid)).toBe(false);
  });

  it("is never open in a daemon that answers, even when SIGUSR1 comes while it starts", async () => {
    const counts = { refused: 0, served: 0, killed: 0 };
    for (let moment = 0; moment < 16; moment += 1) {
      const home = newHome();
      const daemon = daemons.start(home);
      await new Promise((resolve) => setTimeout(resolve, moment * 5));
      daemon.child.kill("SIGUSR1");
      const exit = await Promise.race([
        daemon.exited,
        until(() => recordOf(home)?.pid === daemon.pid && recordOf(home)?.epoch !== null),
      ]);
      if (exit === undefined) {
        expect(listensOnTcp(daemon.pid)).toBe(false);
        counts.served += 1;
      } else if (exit.signal === "SIGUSR1") counts.killed += 1;
      else {
        expect(exit.status).toBe(78);
        counts.refused += 1;
      }
    }
    console.log(`SIGUSR1 in the start window: ${JSON.stringify(counts)}`);
    expect(counts.refused).toBeGreaterThan(0);
  }, 60_000);

  it.each([
    { node: ["--inspect=0"] },
    { node: ["--require", "node:fs"] },
    { node: ["--import", "node:fs"] },
    { node: ["--heapsnapshot-signal=SIGUSR2"] },
    { node: ["--report-on-signal"] },
    { env: { NODE_OPTIONS: "--inspect=0" } },
    { env: { NODE_OPTIONS: '--title=x "--require" node:fs' } },
    { env: { NODE_OPTIONS: "--heapsnapshot_signal=SIGUSR2" } },
  ])("and what is like it keeps a daemon from starting: %j", async (options) => {
    const home = newHome();
    const { status, said } = await daemons.start(home, options).exited;
    expect(status).toBe(78);
    expect(said).toContain("refuses to run");
    expect(existsSync(home)).toBe(false);
  });
});

describe("a daemon whose vault cannot be opened", () => {
  it("says why to everyone who asks, and is not the owner of a new vault", async () => {
    const home = newHome();
    const first = await daemons.started(home);
    await set(home, "a", "1");
    first.child.kill("SIGTERM");
    await first.exited;
    writeFileSync(join(home, "vault/vault.json"), "{}");
    const daemon = daemons.start(home);
    await until(async () => (await ask(home, "vault/status")).result?.["state"] === "failed");
    const { result } = await ask(home, "vault/status", { detail: true });
    expect(result?.["reason"]).toContain("vault.json");
    expect(await get(home, "a")).toBe("CORRUPT");
    expect(
      readdirSync(join(home, "vault")).filter((name) => name.startsWith("claim.")),
    ).toHaveLength(1);
    await ask(home, "daemon/stop");
    const { status, said } = await daemon.exited;
    expect(status).toBe(0);
    expect(said).toContain("vault.json");
  });

  it("leaves at once when there is no vault and it may not make one", async () => {
    const home = newHome();
    const { status, said } = await daemons.start(home, { args: ["--auto"] }).exited;
    expect(status).toBe(6);
    expect(said).toContain("strongroom init");
    expect(existsSync(home)).toBe(false);
    await daemons.started(home, { args: ["--auto", "--create"] });
  });
});

describe.skipIf(process.platform === "win32")("a daemon whose reader is gone", () => {
  it("goes on without it", async () => {
    const home = newHome();
    const daemon = await daemons.started(home);
    daemon.child.stderr?.destroy();
    daemon.child.kill("SIGHUP");
    const socket = connect(recordOf(home)?.endpoint ?? "");
    socket.write("Content-Length: 5\r\n\r\n");
    socket.destroy();
    await set(home, "a", "1");
    daemon.child.kill("SIGTERM");
    expect((await daemon.exited).status).toBe(0);
  });
});

describe("the command line", () => {
  it("is refused when it is not understood, and answers for itself", async () => {
    const home = newHome();
    expect((await daemons.start(home, { args: ["--nonsense"] }).exited).status).toBe(2);
    expect((await daemons.start(home, { args: ["--idle", "soon"] }).exited).status).toBe(2);
    expect((await daemons.start("", {}).exited).said).toContain("STRONGROOM_HOME");
    expect((await daemons.start(home, { args: ["--help"] }).exited).status).toBe(0);
    expect(existsSync(home)).toBe(false);
  });
});

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { throwaway } from "../../support/connected.ts";
import { listensOnTcp } from "../../support/listens.ts";
import { CLI, until } from "../../support/processes.ts";
import type { Throwaway } from "../../support/throwaway.ts";

const onLinux = test.runIf(process.platform === "linux");

const NOT_PASSED = [
  "SIGBUS",
  "SIGCHLD",
  "SIGFPE",
  "SIGILL",
  "SIGKILL",
  "SIGPIPE",
  "SIGSEGV",
  "SIGSTOP",
  "SIGTSTP",
  "SIGTTIN",
  "SIGTTOU",
];
const ALIASES = ["SIGIOT", "SIGPOLL"];
const PASSED = Object.keys(constants.signals).filter(
  (name) => !NOT_PASSED.includes(name) && !ALIASES.includes(name),
);

function started(
  place: Pick<Throwaway, "env">,
  args: readonly string[],
): { child: ChildProcess; pid: number; out: () => string } {
  const child = spawn(process.execPath, ["--", CLI, ...args], { env: place.env, stdio: "pipe" });
  onTestFinished(() => void child.kill("SIGKILL"));
  let out = "";
  for (const from of [child.stdout, child.stderr])
    from.on("data", (chunk: Buffer) => (out += chunk.toString()));
  return { child, pid: child.pid ?? 0, out: () => out };
}

onLinux(
  `each signal that can be caught reaches the program (${PASSED.length} signals)`,
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["init"]);
    const traps = PASSED.map((name) => `trap 'echo got-${name}-x' ${name.slice(3)}`);
    const program = [...traps, "echo ready-$$-x", "while :; do sleep 0.02; done"].join("\n");
    const { child, out, pid } = started(place, ["run", "--", "bash", "-c", program]);
    await until("the program", () => /ready-\d+-x/u.test(out()));
    onTestFinished(() => {
      process.kill(Number(/ready-(\d+)-x/u.exec(out())?.[1]), "SIGKILL");
    });
    for (const name of PASSED) {
      child.kill(constants.signals[name as NodeJS.Signals]);
      await until(name, () => out().includes(`got-${name}-x`));
    }
    expect(child.exitCode).toBe(null);
    expect(listensOnTcp(pid)).toBe(false);
    expect(out()).not.toContain("Debugger");
    child.kill("SIGKILL");
  },
);

test("a signal reaches the program of a recipe", { timeout: 60_000 }, async () => {
  const place = throwaway();
  await place.cli(["set", "t/value"], "sup3r-s3cret");
  const program = "trap 'exit 42' TERM; echo ready; while :; do sleep 0.02; done";
  const given = ["--env", "A=strongroom://t/value", "--", "sh", "-c", program];
  expect((await place.cli(["recipe", "add", "r", ...given])).status).toBe(0);
  const { child, out } = started(place, ["recipe", "run", "r"]);
  await until("the program", () => out().includes("ready"));
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([42, null]);
});

onLinux(
  "no debugger opens by SIGUSR1 in what watches, serves or runs",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["init"]);
    const made = await place.cli(["key", "create", "k", "--allow", "list,get:t/*", "--no-expiry"]);
    const asKey = { ...place.env, STRONGROOM_API_KEY: made.stdout.trim() };
    const ping = `${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" })}\n`;
    const change = async (): Promise<unknown> => place.cli(["set", "t/value"], "sup3r-s3cret");
    const echo = "trap '' USR1; exec cat";
    for (const [args, env, act] of [
      [["watch"], place.env, change],
      [["mcp"], asKey, ({ stdin }: ChildProcess) => stdin?.write(ping)],
      [
        ["run", "--", "sh", "-c", echo],
        place.env,
        ({ stdin }: ChildProcess) => stdin?.write("a\n"),
      ],
    ] as const) {
      const { child, out, pid } = started({ env }, args);
      const said = async (): Promise<boolean> => {
        await act(child);
        return out() !== "";
      };
      await until("its start", said);
      for (let round = 0; round < 3; round += 1) {
        child.kill("SIGUSR1");
        const before = out();
        await until(
          `the next word of ${args[0]}, after ${before}`,
          async () => (await said()) && out() !== before,
        );
      }
      expect([args, listensOnTcp(pid)]).toEqual([args, false]);
      expect(out()).not.toContain("Debugger");
      child.kill("SIGKILL");
    }
  },
);

onLinux("a signal from before the program is there begins none", { timeout: 60_000 }, async () => {
  const place = throwaway();
  await place.cli(["set", "t/value"], "sup3r-s3cret");
  const { pid: daemon } = JSON.parse(
    readFileSync(join(place.home, "vault/daemon.pid"), "utf8"),
  ) as {
    pid: number;
  };
  const mark = join(place.home, "started");
  for (const watch of [[], ["--watch", "restart"]]) {
    process.kill(daemon, "SIGSTOP");
    const { child } = started(place, ["run", ...watch, "--env", "A=t/value", "--", "touch", mark]);
    const ended = once(child, "exit");
    // As long as it takes to be asking the daemon.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    child.kill("SIGTERM");
    const which = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3000))]);
    process.kill(daemon, "SIGCONT");
    expect([watch, which]).toEqual([watch, [null, "SIGTERM"]]);
    expect(existsSync(mark)).toBe(false);
  }
});

onLinux("nothing is read while a debugger is open", { timeout: 60_000 }, async () => {
  const place = throwaway();
  await place.cli(["set", "t/value"], "sup3r-s3cret");
  const mark = join(place.home, "started");
  const ran = await place.run(process.execPath, [
    "--inspect=127.0.0.1:0",
    "--",
    CLI,
    "run",
    "--env",
    "A=t/value",
    "--",
    "touch",
    mark,
  ]);
  expect([ran.status, ran.stderr]).toEqual([4, expect.stringContaining("a debugger is open here")]);
  const env = { ...place.env, NODE_OPTIONS: String.raw`"--inspe\ct=127.0.0.1:0"` };
  const child = spawn(process.execPath, ["--", CLI, "get", "t/value"], { env, stdio: "pipe" });
  expect(await once(child, "exit")).toEqual([4, null]);
  for (const argv of [["get", "t/value"], ["list"], ["token", "t/value"]]) {
    const inspected = await place.run(process.execPath, [
      "--inspect=127.0.0.1:0",
      "--",
      CLI,
      ...argv,
    ]);
    expect([argv, inspected.status, inspected.stdout]).toEqual([argv, 4, ""]);
  }
});

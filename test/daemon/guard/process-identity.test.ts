import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { isRunning, startTimeOf } from "@strongroom/daemon/src/guard/process-identity.ts";
import { afterEach, describe, expect, it, vi } from "vitest";
import { DEAD_PID } from "./contest.ts";

const { platform } = process;
const onPlatform = (name: NodeJS.Platform): void => {
  Object.defineProperty(process, "platform", { value: name });
};
afterEach(() => {
  onPlatform(platform);
  vi.restoreAllMocks();
});

describe("isRunning", () => {
  it("knows this process from an earlier one with its pid", () => {
    const startTime = startTimeOf(process.pid) ?? null;
    expect(isRunning({ pid: process.pid, startTime })).toBe(true);
    if (startTime !== null) expect(isRunning({ pid: process.pid, startTime: "1" })).toBe(false);
  });

  it("knows that nobody has a pid", () => {
    expect(isRunning({ pid: DEAD_PID, startTime: null })).toBe(false);
  });

  const hasPython = spawnSync("python3", ["--version"]).status === 0;
  it.runIf(process.platform === "linux" && hasPython)(
    "takes a process for running while any of its threads runs, its first one dead or not",
    async () => {
      const program =
        "import ctypes, threading, time; threading.Thread(target=time.sleep, args=(60,)).start(); " +
        "ctypes.CDLL(None).pthread_exit(None)";
      const child = spawn("python3", ["-c", program], { stdio: "ignore" });
      const pid = child.pid ?? 0;
      const startTime = startTimeOf(pid) ?? null;
      const stateOf = (): string | undefined =>
        /\) (\w) /u.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
      while (stateOf() !== "Z") await new Promise((resolve) => setTimeout(resolve, 5));
      expect(isRunning({ pid, startTime })).toBe(true);
      child.kill("SIGKILL");
    },
  );

  it.runIf(process.platform === "linux")("takes a zombie for dead", async () => {
    // The shell's child ends and is not waited for while the shell sleeps.
    const shell = spawn("sh", ["-c", "sleep 0.05 & echo $!; exec sleep 60"]);
    const [line] = (await once(shell.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    while (startTimeOf(pid) !== undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(() => process.kill(pid, 0)).not.toThrow();
    shell.kill("SIGKILL");
  });
});

const SOURCE = import.meta.resolve("@strongroom/daemon/src/guard/process-identity.ts");
const UNSHARE = ["--map-root-user", "--pid", "--fork"];
const hasNumberings = spawnSync("unshare", [...UNSHARE, "true"]).status === 0;
describe.runIf(hasNumberings)("where /proc is that of another numbering, startTimeOf", () => {
  it("is no stranger's of the same number, and undefined for one that only they have", () => {
    const program = `
      const { startTimeOf } = await import(${JSON.stringify(SOURCE)});
      const seen = [process.pid, startTimeOf(process.pid) ?? null, startTimeOf(${process.pid}) ?? "nobody"];
      console.log(JSON.stringify(seen));`;
    const node = ["--conditions=strongroom-source", "--import=tsx", "--input-type=module"];
    const { stdout, stderr } = spawnSync(
      "unshare",
      [...UNSHARE, process.execPath, ...node, "-e", program],
      { encoding: "utf8" },
    );
    expect([stderr, JSON.parse(stdout)]).toEqual(["", [1, null, "nobody"]]);
  });
});

const hasPs = spawnSync("ps", ["-o", "lstart=", "-p", String(process.pid)]).status === 0;
describe.runIf(hasPs)("where ps tells when a process started, startTimeOf", () => {
  it("is a date, the same each time and in every zone, and none for a pid that nobody has", () => {
    onPlatform("darwin");
    const zone = process.env["TZ"];
    const started = startTimeOf(process.pid);
    expect(Date.parse(`${started ?? ""} UTC`)).toBeGreaterThan(0);
    process.env["TZ"] = "Asia/Tokyo";
    expect(startTimeOf(process.pid)).toBe(started);
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
    expect(startTimeOf(DEAD_PID)).toBeUndefined();
    expect(isRunning({ pid: process.pid, startTime: started ?? null })).toBe(true);
    expect(isRunning({ pid: process.pid, startTime: "Thu Jan  1 00:00:00 1970" })).toBe(false);
  });
});

describe("where nothing tells when a process started, startTimeOf", () => {
  it("is null for one that exists, if it is another user's, and undefined for none", () => {
    onPlatform("win32");
    expect(startTimeOf(process.pid)).toBeNull();
    expect(startTimeOf(DEAD_PID)).toBeUndefined();
    expect(isRunning({ pid: process.pid, startTime: null })).toBe(true);
    expect(isRunning({ pid: DEAD_PID, startTime: null })).toBe(false);
    vi.spyOn(process, "kill").mockImplementation(() => {
      throw Object.assign(new Error("not yours"), { code: "EPERM" });
    });
    expect(startTimeOf(1)).toBeNull();
  });
});

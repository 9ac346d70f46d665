import { spawn } from "node:child_process";
import { once } from "node:events";
import { isRunning, startTimeOf } from "@strongroom/daemon/src/guard/process-identity.ts";
import { describe, expect, it } from "vitest";
import { DEAD_PID } from "./contest.ts";

describe("isRunning", () => {
  it("knows this process from an earlier one with its pid", () => {
    const startTime = startTimeOf(process.pid) ?? null;
    expect(isRunning({ pid: process.pid, startTime })).toBe(true);
    if (startTime !== null) expect(isRunning({ pid: process.pid, startTime: "1" })).toBe(false);
  });

  it("knows that nobody has a pid", () => {
    expect(isRunning({ pid: DEAD_PID, startTime: null })).toBe(false);
  });

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

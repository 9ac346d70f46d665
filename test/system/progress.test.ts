import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isAlive } from "../support/alive.ts";
import { throwaway } from "../support/connected.ts";
import { CLI, until } from "../support/processes.ts";
import type { Throwaway } from "../support/throwaway.ts";

const STOPPABLE = process.platform === "linux";

interface Working {
  readonly pid: number;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

function begin(place: Throwaway, args: readonly string[]): Working {
  const env = { ...place.env, STRONGROOM_TIMEOUT: "0" };
  const child = spawn(process.execPath, [...CLI_WORDS, ...args], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { pid: child.pid ?? 0, said: () => said, ended };
}

const CLI_WORDS = ["--", CLI];

/** What /proc tells of a process; empty when it is gone. */
function told(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

/** The daemon's program that a command line has started; undefined while it is none yet, or ended. */
function programOf(pid: number): number | undefined {
  const first = Number(told(pid, `task/${pid}/children`).split(" ")[0]);
  return told(first, "cmdline").includes("strongroomd") ? first : undefined;
}

function isStopped(pid: number): boolean {
  return told(pid, "stat").split(") ")[1]?.startsWith("T") === true;
}

/** A restore whose program is stopped; begun anew where that was over before it could be stopped. */
async function stopped(
  place: Throwaway,
  file: string,
): Promise<Working & { readonly program: number; readonly to: string }> {
  for (let round = 0; ; round += 1) {
    const to = join(place.home, `new-${round}`);
    mkdirSync(to);
    const working = begin(place, ["restore-backup", file, "--to", to]);
    let isOver = false;
    void working.ended.then(() => (isOver = true));
    await until("the program", () => isOver || programOf(working.pid) !== undefined);
    const program = programOf(working.pid);
    if (program !== undefined) {
      process.kill(program, "SIGSTOP");
      await until("its halt", () => isOver || isStopped(program));
      if (isStopped(program)) return { ...working, program, to };
    }
    await working.ended;
  }
}

test.skipIf(!STOPPABLE)(
  "long work of the daemon is said to go on where no terminal is",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "v");
    await place.cli(["set", "b"], "v");
    const { pid = 0 } = place.record() ?? {};
    process.kill(pid, "SIGSTOP");
    onTestFinished(() => {
      if (isAlive(pid)) process.kill(pid, "SIGCONT");
    });
    const json = begin(place, ["verify", "--json"]);
    const all = [
      [begin(place, ["backup"]), "writing a backup"],
      [begin(place, ["verify"]), "reading the vault back"],
      [begin(place, ["audit", "verify"]), "reading the audit back"],
      [begin(place, ["clear", "a", "--yes"]), "deleting"],
      [begin(place, ["rekey"]), "rekeying"],
    ] as const;
    for (const [{ said }, what] of all) {
      await until(what, () => said().includes(`strongroom: ${what}, for `));
    }
    process.kill(pid, "SIGCONT");
    for (const [{ ended }, what] of all) expect([what, await ended]).toEqual([what, 0]);
    // Who reads JSON gets the result, or the error, alone.
    expect([await json.ended, json.said()]).toEqual([0, ""]);
    expect((await place.cli(["list"])).stdout).toBe("b\n");
  },
);

test.skipIf(!STOPPABLE)(
  "so is what is done to files, with what it says behind it",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "v");
    const file = (await place.cli(["backup"])).stdout.trim();
    const { ended, program, said, to } = await stopped(place, file);
    await until("a line", () => said().includes("strongroom: making a vault of the backup, for "));
    process.kill(program, "SIGCONT");
    expect(await ended).toBe(0);
    expect(readdirSync(to)).toContain("vault");
    const again = await place.cli(["restore-backup", file, "--to", to]);
    expect(again.stderr).toMatch(/^ {2}code: [A-Z_]+ \(exit \d+\)$/mu);
    expect(again.status).not.toBe(0);
  },
);

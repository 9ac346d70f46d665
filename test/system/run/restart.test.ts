import { rmSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { isAlive } from "../../support/alive.ts";
import { LONG, pause, until } from "../../support/processes.ts";
import { Throwaway } from "../../support/throwaway.ts";
import { WatchedRun } from "../../support/watched-run.ts";
import type { Watched } from "../../support/watched-run.ts";

const onLinux = test.runIf(process.platform === "linux");

/** Longer than changes are gathered. */
const GATHERED_MS = 700;
const ENDING = (["SIGHUP", "SIGTERM", "SIGINT", "SIGQUIT"] as const).slice(0, LONG ? 4 : 2);
const KEEPS = "the program keeps what it has: ";

const place = new Throwaway();
const all: WatchedRun[] = [];
afterAll(async () => {
  for (const run of all) run.end();
  await place.remove();
});

/** Runs whose programs have started with the value "first" of one secret. */
async function started(
  secret: string,
  names: readonly string[],
  watched?: Watched,
): Promise<WatchedRun[]> {
  await place.cli(["set", secret], "first");
  const runs = names.map((name) => new WatchedRun(place, { name, secret }, watched));
  all.push(...runs);
  for (const run of runs) await run.notes("start first");
  return runs;
}

async function startedOne(secret: string, watched?: Watched): Promise<WatchedRun> {
  const [run] = await started(secret, [secret], watched);
  if (run === undefined) throw new Error("none was started");
  return run;
}

test.concurrent(
  "a program that stays is ended after a while, if it is to be started anew and nobody else asked",
  { timeout: 60_000 },
  async () => {
    const [stays, reloads, asked] = await started("a", ["stays", "reloads", "asked"]);
    reloads?.child.kill("SIGHUP");
    await reloads?.notes("HUP");
    await place.cli(["set", "a"], "second");
    await asked?.notes("TERM");
    asked?.child.kill("SIGHUP");
    await pause(GATHERED_MS);
    await place.cli(["set", "a"], "third");
    await reloads?.notes("TERM", 30_000);
    reloads?.go();
    for (const run of [stays, reloads]) await run?.notes("start third", 30_000);
    await pause(2 * GATHERED_MS);
    expect(stays?.log).toBe("start first\nTERM\nstart third\n");
    expect(reloads?.log).toBe("start first\nHUP\nTERM\nstart third\n");
    asked?.go();
    expect(await asked?.ended).toEqual([7, null]);
    expect(asked?.log).toBe("start first\nTERM\nHUP\n");
  },
);

test.concurrent(
  `who is to end is asked once, and none is started after it when a value changes (${ENDING.length} of 4 signals)`,
  { timeout: 60_000 },
  async () => {
    const runs = await started("b", ENDING);
    for (const [index, run] of runs.entries()) run.child.kill(ENDING[index]);
    for (const [index, run] of runs.entries()) await run.notes(String(ENDING[index]?.slice(3)));
    await place.cli(["set", "b"], "second");
    await pause(GATHERED_MS);
    for (const [index, run] of runs.entries()) {
      const signal = ENDING[index] ?? "";
      run.go();
      await until("an end", () => run.child.exitCode !== null || run.log.includes("second"));
      const why = "it was asked to end, and none is started after it";
      const said = signal === "SIGHUP" ? "" : `strongroom: ${KEEPS}${why}\n`;
      expect([run.child.exitCode, run.log]).toEqual([7, `start first\n${signal.slice(3)}\n`]);
      expect([signal, run.err]).toEqual([signal, said]);
    }
  },
);

test.concurrent(
  "a program that leaves is asked once, and nothing is said of what it keeps",
  { timeout: 60_000 },
  async () => {
    const run = await startedOne("c");
    await place.cli(["set", "c"], "second");
    await run.notes("TERM");
    await place.cli(["set", "c"], "third");
    await pause(GATHERED_MS);
    await place.cli(["delete", "c"]);
    await pause(GATHERED_MS);
    run.go();
    expect(await run.ended).toEqual([125, null]);
    expect(run.log).toBe("start first\nTERM\n");
    expect(run.err).toContain("code: NOT_FOUND");
    expect(run.err).not.toContain(KEEPS);
  },
);

onLinux.concurrent(
  "a program that has ended by itself is not started anew, and a signal ends what is left of it",
  { timeout: 60_000 },
  async () => {
    // The output stays open.
    const program = `echo "start $A" >> $LOG; sleep 60 & echo $! > $LOG.pid; exit 3`;
    const [one, other] = await started("d", ["one", "other"], { program });
    await place.cli(["set", "d"], "second");
    await pause(GATHERED_MS);
    await place.cli(["delete", "d"]);
    await pause(GATHERED_MS);
    process.kill(Number(one?.pid), "SIGKILL");
    other?.child.kill("SIGTERM");
    expect([await one?.ended, await other?.ended]).toEqual([
      [3, null],
      [null, "SIGTERM"],
    ]);
    expect([one?.log, other?.log]).toEqual(["start first\n", "start first\n"]);
    expect([one?.err, other?.err]).toEqual(["", ""]);
  },
);

test.concurrent(
  "what keeps a program from its new value is said, whatever it is",
  { timeout: 60_000 },
  async () => {
    const run = await startedOne("e", { mode: "SIGHUP" });
    for (const each of run.folders) rmSync(each, { recursive: true });
    await place.cli(["set", "e"], "second");
    await until("the note", () => run.err.includes(`${KEEPS}ENOENT`), 10_000);
    run.child.kill("SIGTERM");
    run.go();
    expect(await run.ended).toEqual([7, null]);
    expect(run.log).toBe("start first\nTERM\n");
  },
);

onLinux.concurrent(
  "a signal right behind the end of a leaving program is not lost",
  { timeout: 60_000 },
  async () => {
    const signals = ENDING.slice(1);
    const runs = await started(
      "f",
      signals.map((signal) => `behind-${signal}`),
    );
    await place.cli(["set", "f"], "second");
    for (const [index, run] of runs.entries()) {
      await run.notes("TERM");
      const free = await run.hold();
      process.kill(run.pid, "SIGKILL");
      await until("its end", () => !isAlive(run.pid));
      await pause(50);
      run.child.kill(signals[index]);
      await pause(50);
      free();
      await until("an end", () => run.child.signalCode !== null || run.log.includes("second"));
      expect([run.child.signalCode, run.log]).toEqual([signals[index], "start first\nTERM\n"]);
    }
  },
);

onLinux(
  "between two programs a signal ends run or is dropped, and none is for the next program alone",
  { timeout: 60_000 },
  async () => {
    const run = await startedOne("g");
    const daemon = Number(place.record()?.pid);
    const leave = async (value: string): Promise<void> => {
      const noted = `${run.log}TERM\n`;
      await place.cli(["set", "g"], value);
      await until("its leaving", () => run.log === noted);
      process.kill(daemon, "SIGSTOP");
      const { pid } = run;
      run.go();
      await until("its end", () => !isAlive(pid));
      // As long as it takes to be asking the daemon.
      await pause(300);
    };
    await leave("second");
    for (const each of ["USR1", "USR2", "ALRM", "ABRT", "IO", "PROF", "CONT", "WINCH"]) {
      run.child.kill(`SIG${each}` as NodeJS.Signals);
      await pause(5);
    }
    process.kill(daemon, "SIGCONT");
    await run.notes("start second");
    expect(run.log).toBe("start first\nTERM\nstart second\n");
    await leave("third");
    const free = await run.hold();
    process.kill(daemon, "SIGCONT");
    await pause(200);
    run.child.kill("SIGTERM");
    await pause(50);
    free();
    expect(await run.ended).toEqual([null, "SIGTERM"]);
    expect(run.log).not.toContain("third");
    await until("the end of its file", () => run.folders.length === 0);
  },
);

import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatRecord } from "@strongroom/client/protocol";

const PROGRAM = fileURLToPath(new URL("contender.program.ts", import.meta.url));
const LEAD_MS = 4;
/** Contests beside each other: who lost sleeps before it looks again, and leaves processors idle. */
const GROUPS = 2;
const TOLD_EVERY = 1000;

/** What a contest counted: rounds with exactly one owner, with more, and with none. */
export interface Outcome {
  readonly single: number;
  readonly double: number;
  readonly none: number;
}

/** A pid that no process has. */
export const DEAD_PID = 4_194_304 + 7;

/** Lets groups of four processes contend for vaults with a stale record, round after round. */
export async function contest(protocol: string, rounds: number): Promise<Outcome> {
  const outcomes = await Promise.all(
    Array.from({ length: GROUPS }, (_, group) =>
      contestOf(protocol, Math.floor((rounds + group) / GROUPS)),
    ),
  );
  const sum = (key: keyof Outcome): number =>
    outcomes.reduce((total, outcome) => total + outcome[key], 0);
  return { single: sum("single"), double: sum("double"), none: sum("none") };
}

async function contestOf(protocol: string, rounds: number): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "contest-"));
  const contenders = Array.from({ length: 4 }, () =>
    fork(PROGRAM, [protocol], { execArgv: ["--conditions=strongroom-source", "--import=tsx"] }),
  );
  const outcome = { single: 0, double: 0, none: 0 };
  try {
    await Promise.all(contenders.map((contender) => answer(contender)));
    for (let round = 0; round < rounds; round += 1) {
      const root = join(folder, String(round));
      makeStale(root);
      const at = performance.timeOrigin + performance.now() + LEAD_MS;
      const name = `${process.pid}-${folder.slice(-6)}-${round}`;
      const verdicts = await Promise.all(
        contenders.map((contender) => {
          contender.send({ root, round: name, at });
          return answer(contender);
        }),
      );
      const owners = verdicts.filter((verdict) => verdict !== "lost");
      const strange = owners.find((verdict) => verdict !== "won" && verdict !== "second owner");
      if (strange !== undefined) throw new Error(`round ${round}: ${strange}`);
      outcome[owners.length === 1 ? "single" : owners.length === 0 ? "none" : "double"] += 1;
      await Promise.all(
        contenders.map((contender) => {
          contender.send("finish");
          return answer(contender);
        }),
      );
      rmSync(root, { recursive: true });
      if (round % TOLD_EVERY === TOLD_EVERY - 1) {
        console.log(`${protocol}: ${JSON.stringify(outcome)} in one group of ${GROUPS}`);
      }
    }
    return outcome;
  } finally {
    for (const contender of contenders) contender.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeStale(root: string): void {
  mkdirSync(join(root, "vault"), { recursive: true, mode: 0o700 });
  const record = {
    pid: DEAD_PID,
    startTime: "1",
    bootId: "b",
    namespace: null,
    socket: null,
    folder: null,
  };
  const served = { version: "0", protocol: 1, endpoint: "/nowhere", epoch: null };
  const text = formatRecord({ ...record, ...served });
  writeFileSync(join(root, "vault/daemon.pid"), text, { mode: 0o600 });
  writeFileSync(join(root, "vault/.lock"), "", { mode: 0o600 });
}

async function answer(contender: ChildProcess): Promise<string> {
  const [message] = (await once(contender, "message")) as [{ readonly verdict: string }];
  return message.verdict;
}

import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { LoopDisk, noLoopDisk } from "../support/loop-disk.ts";
import type { CutPlan } from "../support/power-disk.ts";
import type { PowerOrder, PowerReport } from "../support/power-process.ts";
import { temporaryHome, until } from "../support/processes.ts";
import { long, printCount, size } from "../support/size.ts";

const reason = noLoopDisk();
const STRIDE = Number(process.env["STRONGROOM_STRIDE"] ?? size(97, 1));
const SEED = Number(process.env["STRONGROOM_SEED"] ?? 1);

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A process that works on vaults, and the disk below them. */
class Machine {
  readonly disk = new LoopDisk();
  /** A folder of another disk. */
  readonly elsewhere = temporaryHome();
  readonly #child: ChildProcess;

  private constructor() {
    const program = new URL("../support/power-process.ts", import.meta.url);
    this.#child = fork(program, { execArgv: ["--import", "tsx", "-C", "strongroom-source"] });
    cleanups.push(async () => {
      this.#child.kill("SIGKILL");
      if (this.#child.exitCode === null && this.#child.signalCode === null)
        await once(this.#child, "exit");
      this.disk.discard();
      rmSync(this.elsewhere, { recursive: true, force: true });
    });
  }

  static async start(): Promise<Machine> {
    const machine = new Machine();
    await machine.#told();
    return machine;
  }

  /** Does the whole work, or what of it comes before the cut. */
  async work(folder: string, state: string, plan?: CutPlan): Promise<PowerReport> {
    mkdirSync(folder, { mode: 0o700 });
    const order: PowerOrder = { kind: "work", folder, state, plan };
    const told = this.#asked(order);
    if (plan !== undefined) {
      await this.#stopped();
      this.disk.cut();
      this.#child.kill("SIGCONT");
    }
    return await told;
  }

  /** Looks at what is left after a restart. */
  async check(): Promise<PowerReport> {
    this.disk.restart();
    return await this.#asked({ kind: "check" });
  }

  async #asked(order: PowerOrder): Promise<PowerReport> {
    const told = this.#told();
    this.#child.send(order);
    return await told;
  }

  async #told(): Promise<PowerReport> {
    const [report] = (await once(this.#child, "message")) as [PowerReport];
    return report;
  }

  /** Waits until every thread of the process stands still. */
  async #stopped(): Promise<void> {
    await until("the planned stop", () => {
      const text = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8");
      return text.slice(text.lastIndexOf(")") + 2).startsWith("T");
    });
  }
}

test.skipIf(reason !== undefined)(
  `what was acknowledged outlives a power cut at any call on a real ext4${reason === undefined ? "" : ` (skipped: ${reason})`}`,
  { timeout: long ? 3_600_000 : 120_000 },
  async () => {
    const machine = await Machine.start();
    const { disk, elsewhere } = machine;
    const whole = await machine.work(join(disk.mount, "whole"), join(disk.mount, "whole"));
    expect(whole.problem).toBeUndefined();
    expect((await machine.check()).problem).toBeUndefined();
    const plans = Array.from({ length: 2 * whole.sites }, (_, index): CutPlan => ({
      site: 1 + (index >> 1),
      when: index % 2 === 0 ? "before" : "after",
    }));
    const chosen = plans.filter((_plan, index) => (index + SEED) % STRIDE === 0);
    const problems: string[] = [];
    let acknowledged = 0;
    for (const [index, plan] of chosen.entries()) {
      const folder = join(disk.mount, "home");
      // The mark may be on a disk that lives on: it must not lead.
      const state = index % 2 === 0 ? folder : elsewhere;
      const reports = [await machine.work(folder, state, plan), await machine.check()];
      acknowledged += reports[0]?.acknowledged ?? 0;
      for (const { problem } of reports) {
        if (problem !== undefined) problems.push(`${plan.when} site ${plan.site}: ${problem}`);
      }
      // A cut before anything was durable leaves no folder.
      rmSync(folder, { recursive: true, force: true });
      rmSync(join(elsewhere, "state"), { recursive: true, force: true });
      if (long && index % 50 === 49) console.log(`${index + 1} of ${chosen.length}`);
    }
    console.log(
      `${whole.sites} sites, ${acknowledged} acknowledged groups, ${problems.length} lost`,
    );
    printCount("power cuts on a real ext4", chosen.length, plans.length);
    expect(problems.slice(0, 3)).toEqual([]);
    expect(acknowledged).toBeGreaterThan(chosen.length);
  },
);

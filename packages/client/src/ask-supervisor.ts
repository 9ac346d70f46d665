import { spawn } from "node:child_process";
import type { Socket } from "node:net";
import { join } from "node:path";
import { daemonEnvironment } from "./environment.ts";
import { dialAt } from "./dial.ts";
import { claimStart } from "./launch.ts";
import { shellWord, StrongroomError } from "./protocol/index.ts";
import type { Home, PathEnvironment } from "./protocol/index.ts";
import { SUPERVISION_NAME } from "./supervision.ts";
import type { Supervision } from "./supervision.ts";

/** How long a supervisor may be without its socket: while its units are loaded anew. */
const ABSENT_MS = 2000;

/** So many connections in a row that nobody answered, and it is told where to look. */
const ENOUGH = 3;

/** How the programs of other supervisors are told to start a daemon. */
const COMMANDS = {
  launchd: ({ unit }: Supervision): readonly string[] => {
    return ["/bin/launchctl", "kickstart", `gui/${process.getuid?.() ?? 0}/${unit}`];
  },
  windows: ({ unit }: Supervision): readonly string[] => ["schtasks", "/run", "/tn", unit],
} as const;

/** Asks whoever starts the daemon of a vault, for as long as one client looks for it. */
export class SupervisorAsker {
  readonly #home: Home;
  readonly #env: PathEnvironment;
  readonly #now: () => number;
  readonly #since: number;
  #given = 0;
  /** How the program that was to have it started failed. */
  #refused: string | undefined;

  /** `now`: milliseconds that never go back. */
  constructor(home: Home, env: PathEnvironment, now: () => number = () => performance.now()) {
    this.#home = home;
    this.#env = env;
    this.#now = now;
    this.#since = now();
  }

  /**
   * A connection that the daemon will take once it is there; undefined where it has to be looked
   * for again. Throws `UNAVAILABLE` when nobody listens for it: this client starts none itself,
   * for two who start daemons would fight.
   */
  async ask(supervision: Supervision): Promise<Socket | undefined> {
    if (supervision.kind !== "systemd") {
      if (this.#refused !== undefined) throw this.#unwilling(this.#refused);
      this.#run(COMMANDS[supervision.kind](supervision));
      return undefined;
    }
    if (this.#given === ENOUGH) throw this.#dying(supervision.unit);
    const dialled = await dialAt(supervision.socket);
    if (dialled.kind === "connected") {
      this.#given += 1;
      return dialled.socket;
    }
    if (dialled.kind === "busy" || this.#now() - this.#since < ABSENT_MS) return undefined;
    const { socket, unit } = supervision;
    // systemd listens no more for one that ends again and again.
    throw this.#given > 0 ? this.#dying(unit) : this.#deaf(unit, socket);
  }

  #run([command = "", ...args]: readonly string[]): void {
    if (!claimStart(this.#home)) return;
    const env = daemonEnvironment(this.#env);
    const child = spawn(command, args, { cwd: "/", env, stdio: "ignore", windowsHide: true });
    const refused = (how: string): void => {
      this.#refused = `${[command, ...args].map(shellWord).join(" ")}: ${how}`;
    };
    // Whether it has begun is seen at the daemon.
    child.once("exit", (status) => status === 0 || refused(`exit ${status ?? "by a signal"}`));
    child.once("error", ({ code = "" }: NodeJS.ErrnoException) => refused(code)).unref();
  }

  #unwilling(how: string): StrongroomError {
    return new StrongroomError(
      "UNAVAILABLE",
      `the daemon of ${this.#home.vault} is not started: ${how}`,
      {
        hint: "strongroom service install; to do without it: strongroom service uninstall",
      },
    );
  }

  #dying(unit: string): StrongroomError {
    return new StrongroomError(
      "UNAVAILABLE",
      `the daemon that ${unit}.service starts for ${this.#home.vault} ends at its start`,
      {
        hint: `see why: journalctl --user -n 20 -u ${unit}.service; then: strongroom service install`,
      },
    );
  }

  #deaf(unit: string, socket: string): StrongroomError {
    const marker = join(this.#home.config, SUPERVISION_NAME);
    return new StrongroomError(
      "UNAVAILABLE",
      `${marker} says that ${unit}.socket listens at ${socket}, and nobody does`,
      {
        hint: `strongroom service install; where no manager of systemd runs for this login: strongroom service uninstall`,
      },
    );
  }
}

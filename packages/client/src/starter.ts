import { givenUp } from "./deaths.ts";
import { claimStart, launch } from "./launch.ts";
import type { DaemonProgram } from "./launch.ts";
import { isOutOfSight, noteOutOfSight, outOfSight } from "./out-of-sight.ts";
import { findDaemonProgram } from "./program.ts";
import { StrongroomError } from "./protocol/index.ts";
import type { Home, PathEnvironment } from "./protocol/index.ts";
import { startFolder } from "./start-folder.ts";

/** How long one that has the vault may be without a socket: it looks after it every 5 s. */
const ABSENT_MS = 6000;
/** Between two starts of which the first has met another daemon. */
const PAUSE_MS = 2500;

/** How long one that was started here may take before another is: a loaded machine is slow. */
const START_MS = 10_000;

/** Starts daemons for one client that looks for one, and knows when more of them are no use. */
export class Starter {
  readonly #home: Home;
  readonly #env: PathEnvironment;
  readonly #program: DaemonProgram | undefined;
  readonly #now: () => number;
  #firstMet: number | undefined;
  #lastMet = 0;
  #startedAt: number | undefined;

  /** `now`: milliseconds that never go back. */
  constructor(
    home: Home,
    env: PathEnvironment,
    program: DaemonProgram | undefined,
    now: () => number = () => performance.now(),
  ) {
    this.#home = home;
    this.#env = env;
    this.#program = program;
    this.#now = now;
  }

  /** Whether a daemon that was started here ended because another one has the vault. */
  get hasMet(): boolean {
    return this.#firstMet !== undefined;
  }

  /**
   * Starts one when it is this client's turn, and returns at once. Throws `UNAVAILABLE` when those
   * before it died, or when another has the vault that cannot be reached from here.
   */
  start(args: readonly string[]): void {
    const folder = startFolder(this.#home);
    const reason = givenUp(folder);
    if (reason !== undefined) {
      throw new StrongroomError("UNAVAILABLE", `the daemon dies at its start: ${reason}`, {
        hint: "see what is wrong: strongroom doctor; clients try again in 30 s",
      });
    }
    if (isOutOfSight(folder)) throw outOfSight(this.#home);
    const now = this.#now();
    if (this.#firstMet !== undefined && now - this.#firstMet >= ABSENT_MS) {
      noteOutOfSight(folder);
      throw outOfSight(this.#home);
    }
    if (this.hasMet && now - this.#lastMet < PAUSE_MS) return;
    if (this.#startedAt !== undefined && now - this.#startedAt < START_MS) return;
    if (!claimStart(this.#home)) return;
    this.#startedAt = now;
    const program = this.#program ?? findDaemonProgram();
    const whole = { command: program.command, args: [...program.args, ...args] };
    launch(this.#home, this.#env, whole, (status) => {
      this.#startedAt = undefined;
      if (status === 0) this.meet();
    });
  }

  /** Another daemon has the vault: one that was started here has said so. */
  meet(): void {
    this.#lastMet = this.#now();
    this.#firstMet ??= this.#lastMet;
  }
}

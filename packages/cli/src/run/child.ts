import { spawn } from "node:child_process";
import type { ChildProcess, StdioOptions } from "node:child_process";
import { constants } from "node:os";
import { pipeline } from "node:stream/promises";
import { isatty } from "node:tty";
import { StrongroomError } from "@strongroom/client/protocol";
import { Mask } from "../masking/mask.ts";
import { Patterns } from "../masking/patterns.ts";
import type { Refusal } from "../refusal.ts";
import type { Masking } from "./options.ts";
import { handOver, makePipes } from "./pipes.ts";
import type { Receiver } from "./signals.ts";
import { Sink } from "./sink.ts";

/**
 * How a program ended: with a status of its own, that of env(1) for one that cannot be run, or that
 * of the error where it succeeded and its output is lost.
 */
export interface Ended {
  readonly status: number;
  readonly error?: Refusal | StrongroomError;
}

/** A program, and how it is started. */
export interface Program {
  readonly argv: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  /** Where it runs; absent = here. */
  readonly folder?: string;
  readonly values: readonly Buffer[];
  readonly mask: Masking;
}

const NOT_RUN = 126;
const NOT_FOUND = 127;
const OURS = 125;

/** A program that runs with the terminal and the input of this one. */
export class Child implements Receiver {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess | undefined;
  readonly #masks: readonly Mask[] = [];

  constructor({ argv: [program = "", ...rest], environment, folder: cwd, mask, values }: Program) {
    const piped = ([1, 2] as const).map(
      (fd) => mask === "always" || (mask === "auto" && !isatty(fd)),
    );
    const pipes = makePipes(piped.filter(Boolean).length);
    const [forOutput, forErrors] = piped[0] ? pipes : [undefined, ...pipes];
    const [output, errors] = [forOutput, forErrors].map((pipe, index) =>
      piped[index] === true ? (pipe?.writer ?? "pipe") : "inherit",
    );
    const stdio: StdioOptions = ["inherit", output, errors];
    const env = Object.fromEntries(environment);
    let child: ChildProcess;
    try {
      child = spawn(program, rest, { cwd, env, stdio });
    } catch (error) {
      for (const { reader } of pipes) reader.destroy();
      // What is too large is said before there is a process.
      this.ended = Promise.resolve(notRun(program, error));
      return;
    } finally {
      handOver(pipes);
    }
    this.#child = child;
    const outputs = [
      [forOutput?.reader ?? child.stdout, 1],
      [forErrors?.reader ?? child.stderr, 2],
    ] as const;
    const patterns = piped.includes(true) ? new Patterns(values) : undefined;
    const masks: Mask[] = [];
    const sinks: Sink[] = [];
    const written: Promise<unknown>[] = [];
    for (const [from, fd] of outputs) {
      if (from === null || patterns === undefined) continue;
      const concealing = new Mask(patterns);
      const sink = new Sink(fd);
      masks.push(concealing);
      sinks.push(sink);
      // Whoever read it has left: the program finds out when it writes.
      written.push(pipeline(from, concealing, sink).catch(() => undefined));
    }
    this.#masks = masks;
    this.ended = ended(child, program, written).then((end) => withLoss(end, sinks));
  }

  /** Whether it has not ended; what it wrote may still be on its way then. */
  get isThere(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Sends it a signal. */
  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Conceals these values in what it writes from now on. */
  conceal(values: readonly Buffer[]): void {
    const patterns = new Patterns(values);
    for (const mask of this.#masks) mask.conceal(patterns);
  }
}

async function ended(
  child: ChildProcess,
  program: string,
  written: readonly Promise<unknown>[],
): Promise<Ended> {
  const end = await new Promise<Ended>((resolve) => {
    child.once("error", (error) => resolve(notRun(program, error)));
    child.once("exit", (status, signal) =>
      resolve({ status: status ?? 128 + (signal === null ? 0 : constants.signals[signal]) }),
    );
  });
  if (end.error === undefined) await Promise.all(written);
  return end;
}

function withLoss(end: Ended, sinks: readonly Sink[]): Ended {
  const loss = sinks.map((sink) => sink.loss).find((each) => each !== undefined);
  if (end.error !== undefined || loss === undefined) return end;
  return { status: end.status === 0 ? loss.exitCode : end.status, error: loss };
}

function notRun(program: string, error: unknown): Ended {
  const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
  if (program === "") {
    return { status: NOT_FOUND, error: said("the program has no name", "strongroom help run") };
  }
  if (process.platform === "win32" && (code === "ENOENT" || code === "EINVAL")) {
    const hint = "look at PATH: where PROGRAM; what is no .exe is run by its shell: cmd /c PROGRAM";
    return { status: NOT_FOUND, error: said(`there is no program ${program} to start`, hint) };
  }
  if (code === "ENOENT") {
    const hint = "look at the name of the program, and at PATH: command -v PROGRAM";
    return { status: NOT_FOUND, error: said(`there is no program ${program}`, hint) };
  }
  if (code === "E2BIG") {
    const hint = "hand large values over as files: strongroom run --as-file NAME=REF -- PROGRAM";
    return { status: OURS, error: said("the environment is larger than the system takes", hint) };
  }
  const hint = "look at its rights: ls -l PROGRAM";
  return { status: NOT_RUN, error: said(`${program} cannot be run: ${code}`, hint) };
}

function said(message: string, hint: string): StrongroomError {
  return new StrongroomError("INVALID", message, { hint });
}

import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { throwaway } from "./connected.ts";
import { finish } from "./processes.ts";
import { ROOT } from "./throwaway.ts";
import type { Ended } from "./processes.ts";
import type { Throwaway } from "./throwaway.ts";

/** What tools take for their files beside HOME; none of them is the tester's. */
const THEIRS = /^(?:AWS|CLAUDE|CODEX|DOCKER|GIT|KUBE)[A-Z]*(?:_|$)|^KUBECONFIG$|^ANTHROPIC_/u;

/** A home with a vault in which programs of others find ours by their names. */
export interface Workbench {
  readonly place: Throwaway;
  /** The folder of the PATH with our programs alone. */
  readonly bin: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs a program with that environment, and what is piped into it. */
  readonly run: (
    program: string,
    args: readonly string[],
    input?: string,
    more?: NodeJS.ProcessEnv,
  ) => Promise<Ended>;
}

/** Makes a workbench; it is gone with its daemon when the test ends. */
export async function workbench(): Promise<Workbench> {
  const place = throwaway();
  await place.cli(["init"]);
  const bin = join(place.home, "bin");
  mkdirSync(bin);
  for (const name of ["git-credential-strongroom", "docker-credential-strongroom", "strongroom"]) {
    symlinkSync(join(ROOT, `packages/cli/bin/${name}.js`), join(bin, name));
  }
  const own = Object.entries(place.env).filter(([name]) => !THEIRS.test(name));
  const env = { ...Object.fromEntries(own), PATH: `${bin}:${process.env["PATH"]}` };
  const run: Workbench["run"] = (program, args, input = "", more = {}) =>
    finish(
      spawn(program, args, { env: { ...env, ...more }, stdio: "pipe", cwd: place.home }),
      input,
    );
  return { place, bin, env, run };
}

/** Why a program of others cannot be tried here, for a title; empty where it can. */
export function missing(program: string, ...args: readonly string[]): string {
  const { status } = spawnSync(program, args, { stdio: "ignore" });
  return status === 0 ? "" : ` (skipped: there is no ${[program, ...args].join(" ")} here)`;
}

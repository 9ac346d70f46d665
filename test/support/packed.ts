import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, Throwaway } from "./throwaway.ts";
import type { Ended } from "./throwaway.ts";

/** The functions of `scripts/release/pack.mjs` that tests use. */
interface Pack {
  readonly packAll: (root: string, into: string) => Promise<readonly Tarball[]>;
  readonly pnpm: () => readonly string[];
}

const PACK = new URL("../../scripts/release/pack.mjs", import.meta.url).href;
const UNREACHED =
  /\b(?:EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTCACHED|ENOTFOUND|ETIMEDOUT)\b/u;

/** A tarball of one of our packages. */
export interface Tarball {
  readonly name: string;
  readonly file: string;
}

/** Packs what is built as it is published. */
export async function packAll(into: string): Promise<readonly Tarball[]> {
  const { packAll: pack } = (await import(PACK)) as Pack;
  return await pack(ROOT, into);
}

/** The command line of the pinned pnpm. */
export async function pnpm(): Promise<readonly string[]> {
  return ((await import(PACK)) as Pack).pnpm();
}

/** Why nothing can be packed here, to stand in titles; else empty. */
export async function whyNoPnpm(): Promise<string> {
  const [program = "", ...args] = await pnpm();
  const env = { ...process.env, npm_config_fetch_retries: "0" };
  const { status, stderr } = spawnSync(program, [...args, "--version"], { env, encoding: "utf8" });
  if (status === 0) return "";
  return ` (skipped: npx does not get pnpm: ${unreached(stderr) ?? `exit ${status}`})`;
}

/** Why the registry cannot be reached, by what a program said that wanted it; else undefined. */
export function unreached(said: string): string | undefined {
  return UNREACHED.exec(said)?.[0];
}

/** What says where the registry is and how to get there. */
function reach(): NodeJS.ProcessEnv {
  const says =
    /^(?:HOME|NODE_EXTRA_CA_CERTS|npm_config_(?:cache|cafile|registry|userconfig|.*proxy))$/iu;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => says.test(name)));
}

/** An empty project somewhere, into which tarballs are installed; a vault of its own. */
export class Project {
  readonly folder: string = mkdtempSync(join(tmpdir(), "strongroom-project-"));
  readonly place: Throwaway = new Throwaway();

  constructor(manifest: object = { name: "empty", private: true, type: "module" }) {
    this.write("package.json", JSON.stringify(manifest));
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /**
   * Installs with npm, running no script of any package: what it said where it failed, else empty.
   * With the user's own configuration, which says where the registry is.
   */
  install(...args: readonly string[]): string {
    const quick = ["--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"];
    const flags = ["--ignore-scripts", "--no-audit", "--no-fund", ...quick];
    return this.fetch("npm", ["install", ...flags, ...args]);
  }

  /** Runs what installs: what it said where it failed, else empty. */
  fetch(program: string, args: readonly string[]): string {
    const env = { ...this.env, ...reach() };
    const ended = spawnSync(program, args, { cwd: this.folder, env, encoding: "utf8" });
    return ended.status === 0 ? "" : ended.stdout + ended.stderr;
  }

  /** Runs a program in the project, with its vault, to the end. */
  run(program: string, args: readonly string[], input = ""): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { cwd: this.folder, env: this.env });
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.on("error", reject);
      child.on("close", (status) => resolve({ status, stdout, stderr }));
      child.stdin.on("error", () => {});
      child.stdin.end(input);
    });
  }

  get env(): NodeJS.ProcessEnv {
    const kept = Object.entries(this.place.env).filter(([name]) => !/^(?:npm_|NODE_)/u.test(name));
    return Object.fromEntries(kept);
  }

  async remove(): Promise<void> {
    await this.place.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

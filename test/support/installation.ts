import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./throwaway.ts";

/** What is told of a release by its files. */
export interface Release {
  readonly version: string;
  /** The protocols that it speaks. */
  readonly min: number;
  readonly max: number;
}

const PACKAGES = {
  "packages/cli": "strongroom",
  "packages/client": "@strongroom/client",
  "packages/daemon": "@strongroom/daemon",
} as const;

/** The three packages as npm lays them into a folder, said to be of another release, or as they are. */
export class Installation {
  readonly #folder: string;

  /** `checkout`: what is installed, built. */
  constructor(folder: string, release?: Release, checkout: string = ROOT) {
    this.#folder = folder;
    this.install(release, checkout);
  }

  /** The launcher of the command line. */
  get cli(): string {
    return join(this.#folder, "node_modules/strongroom/bin/strongroom.js");
  }

  /** The launcher of the daemon. */
  get daemon(): string {
    return join(this.#folder, "node_modules/@strongroom/daemon/bin/strongroomd.js");
  }

  /** The SDK, to be imported. */
  get sdk(): string {
    return join(this.#folder, "node_modules/@strongroom/client/dist/index.js");
  }

  /** Takes the files away, as an upgrade does before it writes those of the next release. */
  remove(): void {
    for (const name of Object.values(PACKAGES)) {
      rmSync(join(this.#folder, "node_modules", name), { recursive: true, force: true });
    }
  }

  /** Writes the files of a release. */
  install(release?: Release, checkout: string = ROOT): void {
    for (const [source, name] of Object.entries(PACKAGES)) {
      const from = join(checkout, source);
      const to = join(this.#folder, "node_modules", name);
      mkdirSync(to, { recursive: true });
      for (const part of ["bin", "dist", "package.json"]) {
        if (existsSync(join(from, part))) copy(join(from, part), join(to, part));
      }
      this.#link(join(from, "node_modules"));
    }
    if (release !== undefined) this.#stamp(release);
  }

  /** What they depend on, as the checkout has it. */
  #link(modules: string): void {
    for (const name of dependencies(modules)) {
      const path = join(this.#folder, "node_modules", name);
      if (name.startsWith("@strongroom/") || existsSync(path)) continue;
      mkdirSync(dirname(path), { recursive: true });
      symlinkSync(realpathSync(join(modules, name)), path);
    }
  }

  #stamp({ max, min, version }: Release): void {
    const at = (path: string): string => join(this.#folder, "node_modules", path);
    const range = `{ min: ${min}, max: ${max} }`;
    change(at("@strongroom/client/dist/protocol/version.js"), [
      [/"\d+\.\d+\.\d+"/u, `"${version}"`],
      [/\{ min: 1, max: 1 \}/u, range],
    ]);
    const quick = at("strongroom/dist/quick-get.cjs");
    if (!existsSync(quick)) return;
    change(quick, [
      [/\{ min: 1, max: 1 \}/u, range],
      [/(\["protocol"\] !== )1/u, `$1${max}`],
    ]);
  }
}

function copy(from: string, to: string): void {
  const filter = (path: string): boolean => !/\.(?:map|d\.ts|d\.cts|tsbuildinfo)$/u.test(path);
  cpSync(from, to, { recursive: true, filter });
}

function change(path: string, texts: readonly (readonly [RegExp, string])[]): void {
  let text = readFileSync(path, "utf8");
  for (const [find, replace] of texts) {
    if (!find.test(text)) throw new Error(`${path} has no ${find.source}`);
    text = text.replace(find, replace);
  }
  writeFileSync(path, text);
}

function dependencies(modules: string): string[] {
  if (!existsSync(modules)) return [];
  return readdirSync(modules).flatMap((name) => {
    if (name.startsWith(".")) return [];
    if (!name.startsWith("@")) return [name];
    return readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`);
  });
}

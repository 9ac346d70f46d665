import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run } from "../process.mjs";

/** What is published, in the order in which each finds those that it depends on. */
export const PACKAGES = [
  { name: "@strongroom/client", folder: "packages/client" },
  { name: "@strongroom/daemon", folder: "packages/daemon" },
  { name: "strongroom", folder: "packages/cli" },
];

/** What runs a program of a package that it gets where need be, and not where it has it. */
export function npx() {
  return [...(process.platform === "win32" ? ["cmd", "/c"] : []), "npx", "-y", "--prefer-offline"];
}

/** The command line of the pinned pnpm. */
export function pnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  return [...npx(), packageManager];
}

/**
 * Packs the built packages of the checkout at `root` into the folder `into`, as they are published:
 * `{name, file}` each, in order. The same commit gives the same bytes. Throws what pnpm said.
 */
export async function packAll(root, into) {
  mkdirSync(into, { recursive: true });
  return await Promise.all(
    PACKAGES.map(async ({ name, folder }) => {
      const command = [...pnpm(), "pack", "--pack-destination", into];
      const { status, text } = await run(command, { cwd: join(root, folder), quiet: true });
      const { version } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
      if (status !== 0) throw new Error(`${name} cannot be packed: ${text}`);
      return { name, file: join(into, tarballName(name, version)) };
    }),
  );
}

/** What npm and pnpm call the tarball of a package. */
export function tarballName(name, version) {
  return `${name.replace(/^@/u, "").replace("/", "-")}-${version}.tgz`;
}

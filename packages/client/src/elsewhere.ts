import { realpathSync, statSync } from "node:fs";

/**
 * The path that a folder really has; undefined for the vault's folder and all in it, under whatever
 * name: who can change the files of a vault, and nothing else, must not answer in its daemon's place.
 * Whoever connects does so by this path, for links may lead elsewhere a moment later, or, in /proc,
 * into what another process sees. Throws what the system says of a folder that is not there.
 */
export function realElsewhere(folder: string, vault: string): string | undefined {
  const real = realpathSync.native(folder);
  const own = identityOf(vault);
  for (let at = real; ; at = at.slice(0, at.lastIndexOf("/"))) {
    if (identityOf(at === "" ? "/" : at) === own) return undefined;
    if (at === "" || at === "/") return real;
  }
}

function identityOf(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev}:${ino}`;
}

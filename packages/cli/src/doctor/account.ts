import { note } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { Scene } from "./scene.ts";

/** Whose vault this is: `sudo` leads to that of root, which is another one. */
export function checkAccount({ env }: Scene): Finding[] {
  const caller = env["SUDO_UID"];
  if (process.getuid?.() !== 0 || caller === undefined || caller === "0") return [];
  const message = `this is root's vault, and a daemon started here is root's: user ${caller} cannot reach it`;
  return [note("account", message, `sudo -u '#${caller}' strongroom doctor`)];
}

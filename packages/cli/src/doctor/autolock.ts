import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseParams } from "@strongroom/client/protocol";
import { ok, problem } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { Scene } from "./scene.ts";

/** Whether what was chosen of when the vault locks itself is understood: else it never does. */
export function checkAutolock({ home }: Pick<Scene, "home">): Finding[] {
  const path = join(home.state, "autolock.json");
  const mend = "strongroom unlock --idle 15m";
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [ok("autolock", "the vault does not lock itself")];
    const why = `${path} cannot be read (${code ?? "unknown"}): the vault does not lock itself`;
    return [problem("autolock", why, mend)];
  }
  try {
    const { autolock = {} } = parseParams("vault/unlock", {
      autolock: JSON.parse(text) as unknown,
    });
    const chosen = Object.keys(autolock).length > 0;
    return [
      chosen
        ? ok("autolock", JSON.stringify(autolock))
        : ok("autolock", "it was chosen that the vault does not lock itself"),
    ];
  } catch {
    const damaged = `${path} is damaged, or of a later release: the vault does not lock itself`;
    return [problem("autolock", damaged, mend)];
  }
}

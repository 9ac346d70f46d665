import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import { socketCandidates, vaultIdentity } from "@strongroom/client/protocol";
import { note, ok, problem } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { isRecorded } from "./record.ts";
import type { Scene } from "./scene.ts";

/** Where the socket is, or would be: systems cut long paths, and shells differ in theirs. */
export function checkSocket({ home, env, record }: Scene): Finding[] {
  if (process.platform === "win32") return [];
  const candidates = socketCandidates(home, vaultIdentity(realpathOf(home.vault)), env);
  const [best] = candidates;
  if (best === undefined) {
    const message = `the path of a socket would be too long in ${home.run} and everywhere else`;
    return [problem("socket", message, "export TMPDIR=/tmp; strongroom daemon start")];
  }
  const endpoint = record !== undefined && isRecorded(record) ? record.endpoint : undefined;
  if (endpoint === undefined || candidates.includes(endpoint))
    return [ok("socket", endpoint ?? best)];
  const message = `${endpoint} was chosen by other variables (XDG_RUNTIME_DIR, TMPDIR) than those of this shell, and is found by the record`;
  return [note("socket", message, `to have it in ${dirname(best)}: strongroom daemon restart`)];
}

function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

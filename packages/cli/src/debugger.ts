import { url } from "node:inspector";
import { StrongroomError } from "@strongroom/client/protocol";

/**
 * `DENIED` when a debugger of Node can attach to this process: by an option of Node, or by a SIGUSR1
 * from before the launcher's first line. From then on that signal opens none.
 */
export function demandNoDebugger(): void {
  if (url() === undefined) return;
  throw new StrongroomError("DENIED", "a debugger is open here, which shows all to every user", {
    hint: "take --inspect out of NODE_OPTIONS; a program may have it for itself: strongroom run -- /usr/bin/env NODE_OPTIONS=--inspect PROGRAM",
  });
}

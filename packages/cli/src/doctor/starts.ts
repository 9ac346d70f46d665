import { givenUp, startFolder } from "@strongroom/client";
import { readLastExit } from "@strongroom/client/protocol";
import { note, ok, problem } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { isRecorded } from "./record.ts";
import type { Scene } from "./scene.ts";

/** How daemons ended that clients started, and the last one that served. */
export function checkStarts({ home, record }: Scene): Finding[] {
  const reason = givenUp(startFolder(home));
  if (reason !== undefined) {
    const message = `daemons die at their start, so clients wait before they start another: ${reason}`;
    return [problem("starts", message, "strongroom daemon run")];
  }
  // One that runs tells more about its predecessor itself.
  const last = record !== undefined && isRecorded(record) ? undefined : readLastExit(home.state);
  if (last === undefined) return [ok("starts", "no daemon died at its start lately")];
  const { pid, code, time } = last;
  const when = new Date(time).toISOString();
  const what = last.isEnding === true ? "began to end" : `ended with status ${code}`;
  const message = `process ${pid} ${what} at ${when}: ${last.reason}`;
  return [note("last exit", message, "strongroom daemon logs")];
}

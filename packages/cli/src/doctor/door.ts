import { join } from "node:path";
import { readSharedDoor, SHARED_SOCKET_NAME } from "@strongroom/client/protocol";
import { missingDoor } from "../door-sight.ts";
import { note, ok, problem } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { isRecorded } from "./record.ts";
import type { Scene } from "./scene.ts";

/** Whether the socket for other users is where its owner wants it; nothing where there shall be none. */
export function checkDoor({ home, record }: Pick<Scene, "home" | "record">): Finding[] {
  const door = readSharedDoor(home);
  if (process.platform === "win32" || door === undefined) return [];
  const path = join(door.folder, SHARED_SOCKET_NAME);
  const missing = missingDoor(home);
  const isServed = record !== undefined && isRecorded(record);
  if (missing !== undefined && (isServed || !missing.isSocketAlone)) {
    return [problem("door", missing.message, missing.next)];
  }
  if (isServed) return [ok("door", path)];
  return [note("door", `nobody serves ${path} while no daemon runs`, "strongroom daemon start")];
}

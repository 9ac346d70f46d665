import { actsWithKey } from "../owner-hint.ts";
import { checkAccess } from "./access.ts";
import { checkAccount } from "./account.ts";
import { checkAutolock } from "./autolock.ts";
import { checkDoor } from "./door.ts";
import { checkLog } from "./log.ts";
import { checkLogin } from "./login.ts";
import { checkNode, checkProcess } from "./machine.ts";
import { checkPlaces } from "./places.ts";
import { checkRecord } from "./record.ts";
import { checkRuns } from "./runs.ts";
import type { Check } from "./scene.ts";
import { checkService } from "./service.ts";
import { checkSocket } from "./socket.ts";
import { checkStarts } from "./starts.ts";
import { checkSupervisor } from "./supervisor.ts";

/** Every look of the doctor, sorted; that is the order in which they are told. */
export const CHECKS: { readonly [name: string]: Check } = {
  access: checkAccess,
  account: checkAccount,
  autolock: checkAutolock,
  door: checkDoor,
  folders: ({ home }) => checkPlaces(home, actsWithKey(process.env)),
  log: checkLog,
  login: checkLogin,
  node: () => [checkNode()],
  process: ({ record }) => (record === undefined ? [] : checkProcess(record)),
  record: checkRecord,
  runs: checkRuns,
  service: checkService,
  socket: checkSocket,
  starts: checkStarts,
  supervisor: checkSupervisor,
};

import { sessionOf } from "strongroom/src/doctor/login.ts";
import { expect, it } from "vitest";

it.each([
  ["0::/user.slice/user-1000.slice/session-3.scope\n", "session-3.scope"],
  [
    "12:pids:/x\n1:name=systemd:/user.slice/user-0.slice/session-c2.scope/sub\n",
    "session-c2.scope",
  ],
  ["0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope\n", undefined],
  ["0::/\n", undefined],
  ["", undefined],
])("of the groups %j the login session is %s", (groups, session) => {
  expect(sessionOf(groups)).toBe(session);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveHome } from "@strongroom/client/protocol";
import { recordDeath } from "@strongroom/client/src/deaths.ts";
import { checkLog } from "strongroom/src/doctor/log.ts";
import { checkStarts } from "strongroom/src/doctor/starts.ts";
import type { Scene } from "strongroom/src/doctor/scene.ts";
import { describe, expect, it, onTestFinished } from "vitest";

function scene(): Scene {
  const root = mkdtempSync(join(tmpdir(), "starts-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const home = resolveHome({ STRONGROOM_HOME: root });
  for (const folder of Object.values(home) as string[]) mkdirSync(folder);
  return { home, env: {}, record: undefined };
}

describe("the doctor, on starts", () => {
  it("tells why daemons die, once clients have given up", () => {
    const place = scene();
    expect(checkStarts(place)).toMatchObject([{ verdict: "ok" }]);
    for (const pid of [1, 2, 3]) recordDeath(place.home.run, pid, "no room on the disk");
    expect(checkStarts(place)).toMatchObject([
      {
        verdict: "problem",
        message: expect.stringContaining("no room on the disk") as string,
        mend: "strongroom daemon run",
      },
    ]);
  });

  it("tells how the last daemon ended when none runs", () => {
    const place = scene();
    const exit = { time: 0, pid: 7, code: 74, reason: "a sync failed" };
    writeFileSync(join(place.home.state, "last-exit.json"), JSON.stringify(exit));
    expect(checkStarts(place)).toMatchObject([
      {
        check: "last exit",
        verdict: "note",
        message: "process 7 ended with status 74 at 1970-01-01T00:00:00.000Z: a sync failed",
      },
    ]);
  });
});

it("the doctor names the largest file of a log that has grown beyond what daemons keep", () => {
  const place = scene();
  writeFileSync(join(place.home.log, "small"), Buffer.alloc(5_242_880));
  expect(checkLog(place)).toMatchObject([{ verdict: "ok" }]);
  writeFileSync(join(place.home.log, "large"), Buffer.alloc(15_728_641));
  expect(checkLog(place)).toMatchObject([
    { verdict: "note", mend: `rm ${join(place.home.log, "large")}` },
  ]);
});

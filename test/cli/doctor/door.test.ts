import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootId, formatSharedDoor, resolveHome } from "@strongroom/client/protocol";
import type { DaemonRecord, Home } from "@strongroom/client/protocol";
import { checkDoor } from "strongroom/src/doctor/door.ts";
import { describe, expect, it, onTestFinished } from "vitest";

/** The record of a daemon that runs. */
const RUNNING: DaemonRecord = {
  pid: process.pid,
  startTime: null,
  bootId: bootId(),
  namespace: null,
  version: "0.1.0",
  protocol: 1,
  endpoint: "/nowhere",
  socket: null,
  folder: null,
  epoch: null,
};

interface Asked {
  readonly home: Home;
  readonly folder: string;
}

/** A vault whose owner has asked for a socket for a group in a folder. */
async function asked(): Promise<Asked> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "sr-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const home = resolveHome({ STRONGROOM_HOME: join(root, "home") });
  for (const each of [home.vault, home.config]) mkdirSync(each, { recursive: true, mode: 0o700 });
  const folder = join(root, "door");
  const gid = process.getgid?.() ?? 0;
  const door = { vault: home.vault, folder, mode: 0o660, group: gid };
  writeFileSync(join(home.config, "key-socket.json"), formatSharedDoor(door));
  mkdirSync(folder, { mode: 0o710 });
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => void server.listen(join(folder, "key.sock"), resolve));
  chmodSync(join(folder, "key.sock"), 0o660);
  return { home, folder };
}

describe.skipIf(process.platform === "win32")("the doctor, on the socket for other users", () => {
  it("has nothing to say where there shall be none", async () => {
    const { home } = await asked();
    rmSync(join(home.config, "key-socket.json"));
    expect(checkDoor({ home, record: RUNNING })).toEqual([]);
  });

  it("says where it is, or that no daemon serves it", async () => {
    const { home, folder } = await asked();
    const path = join(folder, "key.sock");
    expect(checkDoor({ home, record: RUNNING })).toEqual([
      { check: "door", verdict: "ok", message: path },
    ]);
    rmSync(path);
    expect(checkDoor({ home, record: undefined })).toMatchObject([
      { verdict: "note", mend: "strongroom daemon start" },
    ]);
  });

  it.each<readonly [string, boolean, (folder: string) => void]>([
    ["its folder is gone", true, (folder) => rmSync(folder, { recursive: true })],
    ["its folder lets nobody pass", true, (folder) => chmodSync(folder, 0o700)],
    ["its folder is open to others", true, (folder) => chmodSync(folder, 0o777)],
    ["it is not there", false, (folder) => rmSync(join(folder, "key.sock"))],
    ["it has another mode", false, (folder) => chmodSync(join(folder, "key.sock"), 0o600)],
    [
      "it is no socket",
      false,
      (folder) => {
        rmSync(join(folder, "key.sock"));
        writeFileSync(join(folder, "key.sock"), "", { mode: 0o660 });
      },
    ],
  ])("finds with the command that has it as it was: %s", async (_, isOfFolder, change) => {
    const { home, folder } = await asked();
    change(folder);
    const gid = process.getgid?.() ?? 0;
    const mend = `strongroom key socket ${folder} --mode 660 --group ${gid}`;
    const found = [expect.objectContaining({ check: "door", verdict: "problem", mend })];
    expect(checkDoor({ home, record: RUNNING })).toEqual(found);
    const [finding] = checkDoor({ home, record: undefined });
    expect(finding?.verdict).toBe(isOfFolder ? "problem" : "note");
  });

  it.skipIf(process.getuid?.() !== 0)("finds a folder of another group", async () => {
    const { home, folder } = await asked();
    chownSync(folder, 0, 23_456);
    expect(checkDoor({ home, record: RUNNING })).toMatchObject([{ verdict: "problem" }]);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "asks for another folder where that is another's",
    async () => {
      const { home, folder } = await asked();
      chownSync(folder, 23_456, 23_456);
      expect(checkDoor({ home, record: RUNNING })).toMatchObject([
        { verdict: "problem", mend: "strongroom key socket FOLDER" },
      ]);
    },
  );
});

import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootId, resolveHome, vaultIdentity } from "@strongroom/client/protocol";
import { checkSocket } from "strongroom/src/doctor/socket.ts";
import { describe, expect, it, onTestFinished, vi } from "vitest";

const LONG = "a-name-of-thirty-characters-xx/".repeat(4);

function folder(below: string): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "socket-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const path = join(root, below);
  mkdirSync(path, { recursive: true });
  return path;
}

describe.skipIf(process.platform === "win32")("the doctor, on the daemon's socket", () => {
  it("says where it is or would be", () => {
    const home = resolveHome({ STRONGROOM_HOME: folder("") });
    mkdirSync(home.vault);
    const path = join(home.run, `${vaultIdentity(home.vault)}.sock`);
    expect(checkSocket({ home, env: {}, record: undefined })).toEqual([
      { check: "socket", verdict: "ok", message: path },
    ]);
  });

  it("finds that every path for it would be too long, and what makes it shorter", () => {
    const home = resolveHome({ STRONGROOM_HOME: folder(LONG) });
    mkdirSync(home.vault);
    const inTemporary = checkSocket({ home, env: {}, record: undefined });
    expect(inTemporary).toMatchObject([{ verdict: "ok" }]);
    vi.stubEnv("TMPDIR", folder(LONG));
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(checkSocket({ home, env: {}, record: undefined })).toEqual([
      {
        check: "socket",
        verdict: "problem",
        message: expect.stringContaining("too long") as string,
        mend: "export TMPDIR=/tmp; strongroom daemon start",
      },
    ]);
  });

  it("notes one that this shell's variables do not lead to", () => {
    const home = resolveHome({ STRONGROOM_HOME: folder("") });
    mkdirSync(home.vault);
    const running = {
      pid: process.pid,
      startTime: null,
      bootId: bootId(),
      namespace: null,
      socket: null,
      folder: null,
    };
    const endpoint = "/run/user/1/strongroom/0123456789abcdef.sock";
    const record = { ...running, version: "0.1.0", protocol: 1, endpoint, epoch: null };
    expect(checkSocket({ home, env: {}, record })).toMatchObject([
      { verdict: "note", message: expect.stringContaining("found by the record") as string },
    ]);
  });
});

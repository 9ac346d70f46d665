import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  resolveHome,
  SOCKET_PATH_BYTES,
  SOCKET_SUFFIX_BYTES,
  socketCandidates,
  StrongroomError,
  vaultIdentity,
} from "@strongroom/client/protocol";
import { windowsFolders } from "@strongroom/client/src/protocol/paths.ts";
import { afterEach, describe, expect, it } from "vitest";

const source = fileURLToPath(
  new URL("../../../packages/client/src/protocol/paths.ts", import.meta.url),
);
const made: string[] = [];
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "paths-"));
  made.push(path);
  return path;
};

/** What a process of its own says: `env-paths` reads the variables of the process. */
function resolvedWith(env: NodeJS.ProcessEnv): { stdout: string; stderr: string } {
  const program = `import(${JSON.stringify(source)}).then(({ resolveHome }) => console.log(JSON.stringify(resolveHome({}))))`;
  return spawnSync(
    process.execPath,
    ["--conditions=strongroom-source", "--import=tsx", "--eval", program],
    { encoding: "utf8", env: { PATH: process.env["PATH"], ...env } },
  );
}

afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

describe("resolveHome", () => {
  it("puts every folder below STRONGROOM_HOME", () => {
    expect(resolveHome({ STRONGROOM_HOME: "/x/y" })).toStrictEqual({
      vault: "/x/y/vault",
      config: "/x/y/config",
      state: "/x/y/state",
      log: "/x/y/log",
      run: "/x/y/run",
      backups: "/x/y/backups",
    });
  });

  it("makes a relative STRONGROOM_HOME absolute", () => {
    expect(resolveHome({ STRONGROOM_HOME: "here" }).vault).toBe(join(process.cwd(), "here/vault"));
  });

  it("refuses an empty STRONGROOM_HOME instead of opening the usual vault", () => {
    expect(() => resolveHome({ STRONGROOM_HOME: "" })).toThrow(StrongroomError);
  });

  it.runIf(process.platform === "linux")("follows the XDG folders without it", () => {
    const { stdout, stderr } = resolvedWith({
      HOME: "/h",
      XDG_DATA_HOME: "/d",
      XDG_CONFIG_HOME: "/c",
      XDG_STATE_HOME: "/s",
    });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toStrictEqual({
      vault: "/d/strongroom/vault",
      config: "/c/strongroom",
      state: "/s/strongroom/state",
      log: "/s/strongroom",
      run: "/d/strongroom/run",
      backups: "/d/strongroom/backups",
    });
  });

  it
    .runIf(process.platform === "linux")
    .each([{ HOME: "here" }, { HOME: "" }, { HOME: "/h", XDG_DATA_HOME: "here" }])(
    "refuses %j, which means another vault in every folder",
    (env) => {
      const { stdout, stderr } = resolvedWith(env);
      expect(stdout).toBe("");
      expect(stderr).toContain("is no absolute path");
    },
  );
});

describe("vaultIdentity", () => {
  it("is the start of the SHA-256 of the path", () => {
    expect(vaultIdentity("abc")).toBe("ba7816bf8f01cfea");
  });
});

describe.skipIf(process.platform === "win32")("socketCandidates", () => {
  const uid = process.getuid?.() ?? 0;
  const last = join(tmpdir(), `strongroom-${uid}`, "0123456789abcdef.sock");

  it("prefers a runtime folder of ours, then run/, then the temporary folder", () => {
    const runtime = folder();
    const home = resolveHome({ STRONGROOM_HOME: "/x" });
    expect(socketCandidates(home, "0123456789abcdef", { XDG_RUNTIME_DIR: runtime })).toStrictEqual([
      join(runtime, "strongroom/0123456789abcdef.sock"),
      "/x/run/0123456789abcdef.sock",
      last,
    ]);
  });

  it("passes over a runtime folder that is missing, relative, or not a folder", () => {
    const home = resolveHome({ STRONGROOM_HOME: "/x" });
    for (const runtime of [join(folder(), "missing"), ".", "", source]) {
      const [first] = socketCandidates(home, "0123456789abcdef", { XDG_RUNTIME_DIR: runtime });
      expect(first).toBe("/x/run/0123456789abcdef.sock");
    }
  });

  it("passes over paths that are too long with their temporary suffix", () => {
    const name = "/run/0123456789abcdef.sock";
    const room = SOCKET_PATH_BYTES - SOCKET_SUFFIX_BYTES - name.length;
    const fits = resolveHome({ STRONGROOM_HOME: `/${"x".repeat(room - 1)}` });
    expect(socketCandidates(fits, "0123456789abcdef", {})).toHaveLength(2);
    const over = resolveHome({ STRONGROOM_HOME: `/${"x".repeat(room)}` });
    expect(socketCandidates(over, "0123456789abcdef", {})).toStrictEqual([last]);
    const accents = resolveHome({ STRONGROOM_HOME: `/${"é".repeat(room - 1)}` });
    expect(socketCandidates(accents, "0123456789abcdef", {})).toStrictEqual([last]);
  });

  it("does not look at the mode of the runtime folder, only whose it is", () => {
    const runtime = folder();
    chmodSync(runtime, 0o755);
    const home = resolveHome({ STRONGROOM_HOME: "/x" });
    expect(socketCandidates(home, "0123456789abcdef", { XDG_RUNTIME_DIR: runtime })).toHaveLength(
      3,
    );
  });
});

describe("the folders of a login on Windows", () => {
  it("are those that env-paths names", () => {
    const env = { LOCALAPPDATA: String.raw`D:\Local`, APPDATA: String.raw`D:\Roaming` };
    expect(windowsFolders(env, String.raw`C:\Users\me`)).toEqual({
      data: String.raw`D:\Local\strongroom\Data`,
      config: String.raw`D:\Roaming\strongroom\Config`,
      log: String.raw`D:\Local\strongroom\Log`,
    });
    expect(windowsFolders({ LOCALAPPDATA: "" }, String.raw`C:\Users\me`)).toEqual({
      data: String.raw`C:\Users\me\AppData\Local\strongroom\Data`,
      config: String.raw`C:\Users\me\AppData\Roaming\strongroom\Config`,
      log: String.raw`C:\Users\me\AppData\Local\strongroom\Log`,
    });
  });
});

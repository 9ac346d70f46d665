import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import {
  formatRecord,
  resolveHome,
  socketCandidates,
  vaultIdentity,
} from "@strongroom/client/protocol";
import type { Home } from "@strongroom/client/protocol";
import { dial, endpoints } from "@strongroom/client/src/dial.ts";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";

let folder: string;
let home: Home;
let name: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sr-"));
  home = resolveHome({ STRONGROOM_HOME: folder });
  for (const path of [home.vault, home.run]) mkdirSync(path, { mode: 0o700 });
  name = `${vaultIdentity(realpathSync(home.vault))}.sock`;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function listen(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(path, resolve));
  onTestFinished(() => void server.close());
}

function record(endpoint: string): void {
  const text = formatRecord({
    pid: 1,
    startTime: null,
    bootId: null,
    namespace: null,
    socket: null,
    folder: null,
    version: "0.1.0",
    protocol: 1,
    endpoint,
    epoch: null,
  });
  writeFileSync(join(home.vault, "daemon.pid"), text);
}

describe.skipIf(process.platform === "win32")("dial", () => {
  it("meets nobody where there is no socket, or a dead one", async () => {
    expect(await dial(home, {})).toEqual({ kind: "nobody" });
    writeFileSync(join(home.run, name), "");
    expect(await dial(home, {})).toEqual({ kind: "nobody" });
  });

  it("meets who listens in the home, whatever the runtime folder was when it began", async () => {
    await listen(join(home.run, name));
    const dialled = await dial(home, { XDG_RUNTIME_DIR: folder });
    expect(dialled).toMatchObject({ kind: "connected", endpoint: join(home.run, name) });
    if (dialled.kind === "connected") dialled.socket.destroy();
  });

  it("gives nothing to who listens in a folder that is open to others", async () => {
    const runtime = join(folder, "strongroom");
    mkdirSync(runtime);
    chmodSync(runtime, 0o755);
    await listen(join(runtime, name));
    await expect(dial(home, { XDG_RUNTIME_DIR: folder })).rejects.toMatchObject({
      code: "DENIED",
      hint: `chmod 700 ${runtime}`,
    });
  });

  it("tries the socket of the record first, unless it is another vault's", () => {
    const recorded = join(folder, "elsewhere", name);
    mkdirSync(join(folder, "elsewhere"));
    record(recorded);
    expect(endpoints(home, {})[0]).toBe(recorded);
    record(join(folder, "elsewhere/0123456789abcdef.sock"));
    expect(endpoints(home, {})).toContain(join(home.run, name));
    expect(endpoints(home, {}).every((path) => path.endsWith(name))).toBe(true);
  });

  it("goes to no socket in the vault's folder, however that is written", () => {
    mkdirSync(join(home.vault, "in"));
    symlinkSync(home.vault, join(folder, "link"));
    for (const place of ["vault", "vault/in", "run/../vault", "link/in"]) {
      record(`${folder}/${place}/${name}`);
      expect(endpoints(home, {})).toEqual(socketCandidates(home, basename(name, ".sock"), {}));
    }
  });

  describe("a socket whose real path is too long for an address", () => {
    let link: string;
    let far: string;
    beforeEach(() => {
      far = join(folder, "l".repeat(100));
      mkdirSync(join(far, "strongroom"), { recursive: true, mode: 0o700 });
      link = join(folder, "r");
      symlinkSync(far, link);
      record(join(link, "strongroom", name));
    });

    it.runIf(process.platform === "linux")("is connected to through its open folder", async () => {
      await listen(join(link, "strongroom", name));
      const dialled = await dial(home, {});
      const endpoint = join(realpathSync(far), "strongroom", name);
      expect(dialled).toMatchObject({ kind: "connected", endpoint });
      if (dialled.kind === "connected") dialled.socket.destroy();
    });

    it.runIf(process.platform !== "linux")("is named, with what is to be set", async () => {
      await listen(join(link, "strongroom", name));
      await expect(dial(home, {})).rejects.toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringContaining("too long") as string,
        hint: expect.stringContaining("XDG_RUNTIME_DIR") as string,
      });
      const dialled = await dial(home, { XDG_RUNTIME_DIR: link });
      if (dialled.kind === "connected") dialled.socket.destroy();
      expect(dialled.kind).toBe("connected");
    });

    it("keeps nobody from starting a daemon when it is a dead one's", async () => {
      writeFileSync(join(far, "strongroom", name), "");
      expect(await dial(home, { XDG_RUNTIME_DIR: link })).toEqual({ kind: "nobody" });
    });
  });
});

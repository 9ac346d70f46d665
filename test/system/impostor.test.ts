import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { ROOT } from "../support/throwaway.ts";

const CLIENT = join(ROOT, "examples/client.py");
const hasPython = spawnSync("python3", ["--version"]).status === 0;

test.skipIf(process.platform === "win32")(
  "who can write the vault's folder alone answers nobody in the daemon's place",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "genuine");
    const pid = join(place.home, "vault/daemon.pid");
    const record = JSON.parse(readFileSync(pid, "utf8")) as { endpoint: string };
    const name = basename(record.endpoint);
    let met = 0;
    const impostor = createServer((socket) => {
      met += 1;
      socket.destroy();
    });
    onTestFinished(() => void impostor.close());
    const folder = join(place.home, "vault/in");
    mkdirSync(folder, { mode: 0o700 });
    await new Promise<void>((resolve) => void impostor.listen(join(folder, name), resolve));
    symlinkSync(folder, join(place.home, "elsewhere"));
    for (const way of ["vault/in", "run/../vault/in", "elsewhere"]) {
      const endpoint = `${place.home}/${way}/${name}`;
      writeFileSync(pid, `${JSON.stringify({ ...record, endpoint })}\n`);
      const got = await place.cli(["get", "a"]);
      expect([way, got.stdout, got.status]).toEqual([way, "genuine", 0]);
      expect((await place.cli(["set", "b"], "secret")).status).toBe(0);
      expect((await place.cli(["list", "--json"])).stdout).toContain('"a"');
      const asked = "protocol=https\nhost=example.org\n\n";
      await place.run(join(ROOT, "packages/cli/bin/git-credential-strongroom.js"), ["get"], asked);
      if (hasPython) await place.run("python3", [CLIENT, "get", "a"]);
    }
    expect(met).toBe(0);
  },
);

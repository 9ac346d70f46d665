import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { until } from "../support/processes.ts";
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

const canUnshare =
  process.platform === "linux" && spawnSync("unshare", ["-rm", "true"]).status === 0;
const why = canUnshare ? "" : " (skipped: no namespace can be made here)";

test(
  `nobody is met by a path that another process sees otherwise${why}`,
  { timeout: 60_000 },
  async () => {
    if (why !== "") return;
    const place = throwaway();
    await place.cli(["set", "a"], "genuine");
    const pid = join(place.home, "vault/daemon.pid");
    const record = JSON.parse(readFileSync(pid, "utf8")) as { endpoint: string };
    const name = basename(record.endpoint);
    // A folder that is there outside, too, and empty.
    const folder = join(place.home, "elsewhere");
    mkdirSync(folder, { mode: 0o700 });
    const serve = `
    require("node:fs").chmodSync(${JSON.stringify(folder)}, 0o700);
    require("node:net").createServer((socket) => { console.log("met"); socket.destroy(); })
      .listen(${JSON.stringify(join(folder, name))}, () => console.log(process.pid));`;
    const impostor = spawn("unshare", [
      "-rm",
      "sh",
      "-c",
      `mount -t tmpfs none '${folder}' && exec '${process.execPath}' -e '${serve}'`,
    ]);
    onTestFinished(() => void impostor.kill("SIGKILL"));
    let said = "";
    impostor.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await until("the impostor", () => said.includes("\n"));
    const endpoint = `/proc/${said.trim()}/root${folder}/${name}`;
    writeFileSync(pid, `${JSON.stringify({ ...record, endpoint })}\n`);
    const got = await place.cli(["get", "a"]);
    expect([got.stdout, got.status]).toEqual(["genuine", 0]);
    expect((await place.cli(["set", "b"], "secret")).status).toBe(0);
    expect((await place.cli(["get", "a", "--json"])).stdout).toContain("genuine");
    if (hasPython) await place.run("python3", [CLIENT, "get", "a"]);
    expect(said).not.toContain("met");
  },
);

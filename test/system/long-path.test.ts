import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import { ROOT } from "../support/throwaway.ts";
import type { Throwaway } from "../support/throwaway.ts";

const QUICK = join(ROOT, "packages/cli/dist/quick-get.cjs");
const CLIENT = join(ROOT, "examples/client.py");
const hasPython = spawnSync("python3", ["--version"]).status === 0;

/** A daemon with a value, in a runtime folder that has a short link and a real path of 100 bytes more. */
async function farDaemon(): Promise<{ readonly place: Throwaway; readonly folder: string }> {
  const place = throwaway();
  const far = join(place.home, "l".repeat(100));
  mkdirSync(far, { mode: 0o700 });
  symlinkSync(far, join(place.home, "r"));
  const env = { ...place.env, XDG_RUNTIME_DIR: join(place.home, "r") };
  await (await connected(place, { env })).set("a", "genuine");
  expect(place.record()?.endpoint).toContain(`${place.home}/r/strongroom/`);
  return { place, folder: join(far, "strongroom") };
}

function shortCut(place: Throwaway): ReturnType<Throwaway["run"]> {
  const program = `require(${JSON.stringify(QUICK)}).main(["get", "a"], () => console.log("thorough"))`;
  return place.run(process.execPath, ["-e", program]);
}

test.skipIf(process.platform !== "linux")(
  "a socket whose real path is too long for an address is met by all who know its record",
  { timeout: 60_000 },
  async () => {
    const { place } = await farDaemon();
    const served = place.record();
    const said = { status: 0, stdout: "genuine", stderr: "" };
    expect(await shortCut(place)).toEqual(said);
    expect((await place.cli(["set", "b"], "secret")).status).toBe(0);
    expect((await place.cli(["get", "a", "--json"])).stdout).toContain("genuine");
    if (hasPython) expect(await place.run("python3", [CLIENT, "get", "a"])).toEqual(said);
    expect(place.record()?.pid).toBe(served?.pid);
  },
);

test.skipIf(process.platform !== "linux")(
  "whoever listens in a folder of a long path that is open to others is met by nobody",
  { timeout: 60_000 },
  async () => {
    const { place, folder } = await farDaemon();
    const { pid, endpoint } = place.record() ?? { pid: 0, endpoint: "" };
    expect(basename(dirname(endpoint))).toBe("strongroom");
    chmodSync(folder, 0o755);
    expect((await shortCut(place)).stdout).toBe("thorough\n");
    const refused = await place.cli(["get", "a"]);
    expect([refused.status, refused.stderr]).toEqual([4, expect.stringContaining(folder)]);
    if (hasPython) {
      const { status, stderr } = await place.run("python3", [CLIENT, "get", "a"]);
      expect([status, stderr]).toEqual([1, expect.stringContaining("yours alone")]);
    }
    expect(place.record()?.pid).toBe(pid);
  },
);

const canUnshare =
  process.platform === "linux" && spawnSync("unshare", ["-rm", "true"]).status === 0;
const why = canUnshare ? "" : " (skipped: no namespace can be made here)";

test(
  `who cannot connect to a socket of a long path is told so, and what to set${why}`,
  { timeout: 60_000 },
  async () => {
    if (why !== "") return;
    const { place, folder } = await farDaemon();
    const served = place.record()?.pid ?? 0;
    const launcher = join(ROOT, "packages/cli/bin/strongroom.js");
    const without = (setting: string, verb: string): ReturnType<Throwaway["run"]> => {
      const command = `${setting} exec '${process.execPath}' '${launcher}' ${verb}`;
      return place.run("unshare", ["-rm", "sh", "-c", `mount -t tmpfs none /proc && ${command}`]);
    };
    const { status, stderr } = await without("", "get a");
    expect([status, stderr]).toEqual([8, expect.stringContaining(`${folder}/`)]);
    expect(stderr).toContain("too long to connect to");
    expect(stderr).toContain("set XDG_RUNTIME_DIR");
    const setting = `XDG_RUNTIME_DIR='${place.home}/r'`;
    expect((await without(setting, "get a")).stdout).toBe("genuine");
    expect(place.record()?.pid).toBe(served);
    process.kill(served, "SIGKILL");
    expect((await without(setting, "daemon stop")).stderr).toContain("no daemon runs");
  },
);

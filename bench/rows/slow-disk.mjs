import { startEcho } from "../peers/echo-server.mjs";
import { figure, interleave } from "../support/rounds.mjs";
import { slowDisk } from "../support/slow-disk.mjs";
import { fill, startVault } from "../support/vault.mjs";

const EXTRA_MS = 50;
const WRITERS = 2;

/** Whether a `get` waits for the disk: it is answered beside writers that do. */
export const slowDiskRow = {
  name: "slow-disk",
  about: `gets beside writers while every fdatasync takes ${EXTRA_MS} ms longer`,
  async run({ world, crowd, size, progress, late }) {
    const what = `get p99, every fdatasync ${EXTRA_MS} ms longer`;
    const row = {
      id: "get-slow-disk",
      what,
      beside: "raw Node echo",
      unit: "ms",
      kind: "absolute",
      better: "less",
      aim: 1,
      accepted: 5,
    };
    const { env, missing } = slowDisk(world, EXTRA_MS);
    if (missing !== undefined) return [figure({ ...row, ours: [], missing })];
    const vault = await startVault(world, { env });
    await fill(vault.client, 10);
    const echo = await startEcho(world);
    const reader = await crowd(1);
    const writers = await crowd(1);
    await reader.open("ours", "strongroom", { home: vault.home });
    await reader.open("floor", "echo", echo.where);
    await writers.open("ours", "strongroom", { home: vault.home }, WRITERS);
    const rounds = size(7, 3);
    const ms = size(2000, 800);
    // Reads, and each millisecond, so that they meet every phase of the syncs.
    const side = (target) => async () => (await reader.run(target, "stream", { ms })).p99;
    let writing = true;
    let slowest;
    const beside = (async () => {
      while (writing) slowest = await writers.run("ours", "set", { clients: WRITERS, ms: 500 });
    })();
    const sides = { ours: side("ours"), floor: side("floor") };
    await interleave(1, sides);
    const results = await interleave(rounds, sides, { progress, late });
    writing = false;
    await beside;
    await reader.end();
    await writers.end();
    await echo.stop();
    await vault.stop();
    if (slowest.p50 < EXTRA_MS) throw new Error("the syncs were not slowed");
    const note = `a set beside took ${slowest.p50.toFixed(0)} ms, p50`;
    return [figure({ ...row, ...results, note })];
  },
};

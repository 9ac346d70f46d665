import { setTimeout as pause } from "node:timers/promises";
import { startEcho } from "../peers/echo-server.mjs";
import { figure, interleave } from "../support/rounds.mjs";
import { fill, startVault } from "../support/vault.mjs";

/** For how long a large vault is silent at most, whatever it does besides. */
export const gap = {
  name: "gap",
  about: "the longest silence in a stream of gets, compactions included",
  async run({ world, crowd, size, progress, late }) {
    const secrets = size(100_000, 10_000);
    const vault = await startVault(world);
    await fill(vault.client, secrets, { progress });
    const echo = await startEcho(world);
    const clients = await crowd(1);
    await clients.open("ours", "strongroom", { home: vault.home });
    await clients.open("floor", "echo", echo.where);
    const ms = size(3000, 900);
    const side = (target) => async () =>
      (await clients.run(target, "stream", { ms, options: { gaps: true } })).max;
    let epoch;
    const compacting = async () => {
      await pause(ms / 3);
      const { epoch: next } = await vault.client.compact({ timeout: 0 });
      if (next === epoch) throw new Error("nothing was compacted");
      epoch = next;
    };
    const sides = {
      ours: async () => (await Promise.all([side("ours")(), compacting()]))[0],
      floor: side("floor"),
    };
    await interleave(1, { floor: side("floor") });
    const results = await interleave(size(7, 3), sides, { progress, late });
    await clients.end();
    await echo.stop();
    await vault.stop();
    return [
      figure({
        ...results,
        id: "longest-gap",
        what: `longest gap between gets, 1 kHz, ${secrets} secrets, a compaction a round`,
        beside: "raw Node echo",
        unit: "ms",
        kind: "absolute",
        better: "less",
        worst: true,
        aim: 20,
        accepted: 100,
      }),
    ];
  },
};

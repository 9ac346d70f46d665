import { missing } from "../peers/available.mjs";
import { startRedis } from "../peers/redis-server.mjs";
import { figure, interleave } from "../support/rounds.mjs";
import { startVault } from "../support/vault.mjs";

const LIMITS = [
  { clients: 1, aim: 1, accepted: 0.65 },
  { clients: 8, aim: 1, accepted: 0.7 },
  { clients: 64, aim: 1, accepted: 0.85 },
];

/** Durable writes a second: two Node client processes against ours, and against Redis. */
export const sets = {
  name: "sets",
  about: "durable sets per second beside Redis",
  async run({ world, crowd, size, progress, late }) {
    const without = missing("redis");
    const vault = await startVault(world);
    const redis = without === undefined ? await startRedis(world) : undefined;
    const clients = await crowd(2);
    await clients.open("ours", "strongroom", { home: vault.home }, 64);
    if (redis) await clients.open("floor", "redis", redis.where, 64);
    const warm = { clients: 64, operations: size(40_000, 8000), most: size(10_000, 2500) };
    for (const target of redis ? ["ours", "floor"] : ["ours"]) {
      await clients.warmUp(target, "set", warm);
    }
    const figures = [];
    for (const { clients: count, aim, accepted } of LIMITS) {
      const side = (target) => async () =>
        (await clients.run(target, "set", { clients: count, ms: size(1500, 400) })).perSecond;
      const sides = { ours: side("ours"), ...(redis && { floor: side("floor") }) };
      const say = (text) => progress(`${count} clients, ${text}`);
      const rounds = size(7, 3);
      const results = await interleave(rounds, sides, { progress: say, late });
      figures.push(
        figure({
          ...results,
          id: `sets-${count}`,
          what: `durable sets/s, ${count} client${count === 1 ? "" : "s"}`,
          beside: "Redis, appendfsync always",
          unit: "/s",
          kind: "ratio",
          better: "more",
          aim,
          accepted,
          missing: without,
        }),
      );
    }
    await clients.end();
    await redis?.stop();
    await vault.stop();
    return figures;
  },
};

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
  async run({ world, crowd, size, progress }) {
    const without = missing("redis");
    const vault = await startVault(world);
    const redis = without === undefined ? await startRedis(world) : undefined;
    const clients = await crowd(2);
    await clients.open("ours", "strongroom", { home: vault.home }, 64);
    if (redis) await clients.open("redis", "redis", redis.where, 64);
    const figures = [];
    for (const { clients: count, aim, accepted } of LIMITS) {
      const side = (target, ms) => async () =>
        (await clients.run(target, "set", { clients: count, ms })).perSecond;
      const sides = (ms) => ({
        ours: side("ours", ms),
        ...(redis && { floor: side("redis", ms) }),
      });
      const say = (text) => progress(`${count} clients, ${text}`);
      await interleave(1, sides(size(1000, 300)), {});
      const rounds = size(7, 3);
      const results = await interleave(rounds, sides(size(1500, 500)), { progress: say });
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

import { missing } from "../peers/available.mjs";
import { startEcho } from "../peers/echo-server.mjs";
import { startRedis } from "../peers/redis-server.mjs";
import { figure, interleave } from "../support/rounds.mjs";
import { fill, startVault, token } from "../support/vault.mjs";

/** Reads: how long one takes beside a bare echo in Node, and how many there are beside Redis. */
export const gets = {
  name: "gets",
  about: "warm gets beside a raw Node echo and Redis",
  async run({ world, crowd, size, progress, late }) {
    const vault = await startVault(world);
    await fill(vault.client, 1000);
    const clients = await crowd(2);
    await clients.open("ours", "strongroom", { home: vault.home }, 64);
    const figures = [
      await latency({ world, clients, size, progress, late }),
      await throughput({ world, clients, size, progress, late }),
    ];
    await clients.end();
    await vault.stop();
    return figures;
  },
};

async function latency({ world, clients, size, progress, late }) {
  const echo = await startEcho(world);
  await clients.open("echo", "echo", echo.where);
  const side = (target) => async () =>
    (await clients.run(target, "get", { ms: size(1000, 400) })).p50 * 1000;
  const sides = { ours: side("ours"), floor: side("echo") };
  const warm = { clients: 1, operations: size(30_000, 8000), most: size(5000, 1500) };
  for (const target of ["ours", "echo"]) await clients.warmUp(target, "get", warm);
  const say = (text) => progress(`1 client beside echo, ${text}`);
  const results = await interleave(size(9, 5), sides, { progress: say, late });
  await echo.stop();
  return figure({
    ...results,
    id: "get-p50",
    what: "warm get, p50",
    beside: "raw Node echo",
    unit: "µs",
    kind: "ratio",
    better: "less",
    aim: 1.05,
    accepted: 1.35,
  });
}

async function throughput({ world, clients, size, progress, late }) {
  const without = missing("redis");
  const redis = without === undefined ? await startRedis(world) : undefined;
  if (redis) {
    await clients.open("redis", "redis", redis.where, 64);
    await clients.run("redis", "put", { ms: 0, options: { name: "kept/1", value: token(1) } });
  }
  const side = (target) => async () =>
    (await clients.run(target, "get", { clients: 64, ms: size(1500, 500) })).perSecond;
  const sides = { ours: side("ours"), ...(redis && { floor: side("redis") }) };
  const warm = { clients: 64, operations: size(100_000, 20_000), most: size(10_000, 2500) };
  for (const target of redis ? ["ours", "redis"] : ["ours"]) {
    await clients.warmUp(target, "get", warm);
  }
  const say = (text) => progress(`64 clients, ${text}`);
  const results = await interleave(size(7, 3), sides, { progress: say, late });
  await redis?.stop();
  return figure({
    ...results,
    id: "gets-64",
    what: "gets/s, 64 clients",
    beside: "Redis",
    unit: "/s",
    kind: "ratio",
    better: "more",
    aim: 1.2,
    accepted: 0.8,
    missing: without,
  });
}

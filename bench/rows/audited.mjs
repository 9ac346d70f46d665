import { figure, interleave } from "../support/rounds.mjs";
import { startVault, token } from "../support/vault.mjs";

/** Reads of an API key, each recorded durably before its reply, beside durable writes. */
export const audited = {
  name: "audited",
  about: "strictly audited gets of an API key beside sets",
  async run({ world, crowd, size, progress, late }) {
    const vault = await startVault(world);
    await vault.client.set("kept/1", token(1));
    const terms = { name: "bench", allow: ["get:**"], noExpiry: true };
    const key = (await vault.client.change("key/create", terms, {})).token;
    const clients = await crowd(2);
    await clients.open("ours", "strongroom", { home: vault.home, key }, 64);
    await clients.open("floor", "strongroom", { home: vault.home }, 64);
    const warm = { clients: 64, operations: size(40_000, 8000), most: size(10_000, 2500) };
    await clients.warmUp("ours", "get", warm);
    await clients.warmUp("floor", "set", warm);
    const side = (target, operation) => async () =>
      (await clients.run(target, operation, { clients: 64, ms: size(1500, 400) })).perSecond;
    const sides = { ours: side("ours", "get"), floor: side("floor", "set") };
    const say = (text) => progress(`64 clients, ${text}`);
    const results = await interleave(size(7, 3), sides, { progress: say, late });
    await clients.end();
    await vault.stop();
    return [
      figure({
        ...results,
        id: "audited-64",
        what: "audited gets/s, 64 clients",
        beside: "our durable sets",
        unit: "/s",
        kind: "ratio",
        better: "more",
        aim: 1,
        accepted: 0.5,
      }),
    ];
  },
};

import { figure, interleave } from "../support/rounds.mjs";
import { fill, startVault } from "../support/vault.mjs";

const FEW = 10;

/** Whether a write takes longer when there are many secrets. */
export const growth = {
  name: "growth",
  about: "one set in a large vault and in a small one",
  async run({ world, crowd, size, progress, late }) {
    const many = size(100_000, 10_000);
    const clients = await crowd(1);
    const vaults = {};
    for (const [name, count] of Object.entries({ ours: many, floor: FEW })) {
      vaults[name] = await startVault(world);
      await fill(vaults[name].client, count, { progress });
      await clients.open(name, "strongroom", { home: vaults[name].home });
    }
    const side = (target, names) => async () => {
      const options = { prefix: "kept/", names };
      const { p50 } = await clients.run(target, "set", { ms: size(1500, 400), options });
      return p50;
    };
    const sides = { ours: side("ours", many), floor: side("floor", FEW) };
    const warm = { clients: 1, operations: size(5000, 1000), most: size(5000, 1500) };
    for (const target of Object.keys(sides)) {
      await clients.warmUp(target, "set", { ...warm, options: { prefix: "kept/", names: FEW } });
    }
    const results = await interleave(size(9, 5), sides, { progress, late });
    await clients.end();
    for (const vault of Object.values(vaults)) await vault.stop();
    return [
      figure({
        ...results,
        id: "set-growth",
        what: `set p50 at ${many} secrets`,
        beside: `at ${FEW} secrets`,
        unit: "ms",
        kind: "ratio",
        better: "less",
        aim: 1.1,
        accepted: 1.5,
      }),
    ];
  },
};

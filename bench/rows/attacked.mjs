import { fileURLToPath } from "node:url";
import { figure, interleave } from "../support/rounds.mjs";
import { fill, startVault } from "../support/vault.mjs";

const ATTACKER = fileURLToPath(new URL("../../test/support/attacker-process.ts", import.meta.url));
const ATTACKS = ["header-flood", "drip", "deaf-pipeline", "nonsense"];

/** What a client feels of another one that attacks the daemon, each attack by itself. */
export const attacked = {
  name: "attacked",
  about: "gets beside a client that attacks the daemon",
  async run({ world, crowd, size, progress, late }) {
    const vault = await startVault(world);
    await fill(vault.client, 10);
    const victim = await crowd(1);
    await victim.open("ours", "strongroom", { home: vault.home });
    await victim.warmUp("ours", "get", { clients: 1, operations: 20_000, most: 5000 });
    const attacker = await startAttacker(world, (await vault.client.status()).endpoint);
    const ms = size(1000, 300);
    const p99 = async () => (await victim.run("ours", "get", { ms })).p99;
    const figures = [];
    for (const attack of ATTACKS) {
      progress(attack);
      const ours = async () => {
        attacker.send(attack);
        const measured = await p99();
        attacker.send("rest");
        // What the attack has left behind is its own.
        await victim.run("ours", "get", { ms: 100 });
        return measured;
      };
      const sides = { floor: p99, ours };
      await interleave(1, sides);
      figures.push(
        figure({
          ...(await interleave(size(7, 3), sides, { progress, late })),
          id: `attacked-${attack}`,
          what: `get p99 beside an attack: ${attack}`,
          beside: "the same client left in peace",
          unit: "ms",
          kind: "ratio",
          better: "less",
          aim: 2,
          accepted: 5,
        }),
      );
    }
    if (attacker.how !== undefined) throw new Error(`the attacker ended with ${attacker.how}`);
    await world.stop(attacker);
    await victim.end();
    await vault.stop();
    return figures;
  },
};

async function startAttacker(world, endpoint) {
  const args = ["--import", "tsx", "-C", "strongroom-source", ATTACKER, endpoint];
  const attacker = world.spawn(process.execPath, args, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ready = new Promise((resolve) => attacker.once("message", resolve));
  const how = await Promise.race([ready.then(() => undefined), attacker.ended]);
  if (how !== undefined) throw new Error(`the attacker ended with ${how}`);
  return attacker;
}

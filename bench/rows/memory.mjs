import { cpSync, rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { residentMb } from "../support/resident.mjs";
import { figure, interleave } from "../support/rounds.mjs";
import { fill, startVault } from "../support/vault.mjs";

const LIMITS = [
  { versions: 1, openMs: { aim: 300, accepted: 600 }, times: { aim: 3, accepted: 3.5 } },
  { versions: 10, openMs: { aim: 600, accepted: 1200 }, times: { aim: 4, accepted: 5 } },
];

/** How long a large vault takes to open after its daemon was killed, and what memory it needs. */
export const memory = {
  name: "memory",
  about: "opening a large vault after kill -9, and its memory over bare Node",
  async run({ world, size, progress, late }) {
    const secrets = size(100_000, 10_000);
    const figures = [];
    for (const { versions, openMs, times } of LIMITS) {
      const home = await killedVault(world, { secrets, versions, progress });
      const empty = await killedVault(world, { secrets: 1, versions });
      const sides = {
        ours: () => opened(world, home),
        empty: () => opened(world, empty),
        bare: () => bareNode(world),
      };
      const what = `${secrets} secrets, ${versions} version${versions === 1 ? "" : "s"} each`;
      const say = (text) => progress(`${what}, ${text}`);
      const {
        ours,
        empty: none,
        bare,
      } = await interleave(size(5, 2), sides, { progress: say, late });
      figures.push(
        figure({
          id: `open-${versions}`,
          what: `${what}: open after kill -9`,
          beside: "a vault of 1 secret",
          unit: "ms",
          kind: "absolute",
          better: "less",
          ours: ours.map(({ startMs }) => startMs),
          floor: none.map(({ startMs }) => startMs),
          ...openMs,
          note: "from the start of the process to its first answer, Node's own start included",
        }),
        figure({
          id: `memory-${versions}`,
          what: `${what}: resident memory`,
          beside: "bare Node",
          unit: "MB",
          kind: "ratio",
          better: "less",
          ours: ours.map(({ mb }) => mb),
          floor: bare,
          ...times,
        }),
      );
    }
    return figures;
  },
};

/** A vault whose daemon was killed after its last write, kept aside to be opened again and again. */
async function killedVault(world, { secrets, versions, progress }) {
  const vault = await startVault(world);
  await fill(vault.client, secrets, { versions, progress });
  await vault.stop("SIGKILL");
  const kept = world.folder("kept");
  cpSync(vault.home, kept, { recursive: true, preserveTimestamps: true, filter: isNoSocket });
  return { home: vault.home, kept };
}

async function opened(world, { home, kept }) {
  rmSync(home, { recursive: true });
  cpSync(kept, home, { recursive: true, preserveTimestamps: true });
  const vault = await startVault(world, { home });
  await vault.client.get("kept/0");
  const mb = residentMb(vault.daemon.pid);
  await vault.stop("SIGKILL");
  return { startMs: vault.startMs, mb };
}

async function bareNode(world) {
  const child = world.spawn(process.execPath, ["-e", "setInterval(() => {}, 1e9)"], {
    stdio: "ignore",
  });
  await pause(500);
  const mb = residentMb(child.pid);
  await world.stop(child, "SIGKILL");
  return mb;
}

function isNoSocket(path) {
  return !path.endsWith(".sock");
}

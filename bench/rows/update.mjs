import { join } from "node:path";
import { missing } from "../peers/available.mjs";
import { median } from "../support/numbers.mjs";
import { figure, interleave } from "../support/rounds.mjs";
import { startVault } from "../support/vault.mjs";

const PROCESSES = 8;
const LIMITS = [
  { what: "one name", own: false, aim: 0.5, accepted: 0.3 },
  { what: `${PROCESSES} names`, own: true, aim: 3, accepted: 1 },
];

/** Read-modify-write by many processes: no update may be lost, and they are counted. */
export const update = {
  name: "update",
  about: `read-modify-write by ${PROCESSES} processes beside sqlite, lmdb and a lock file`,
  async run({ world, crowd, size, progress, late }) {
    const vault = await startVault(world);
    const { targets, absent } = places(world, vault);
    const clients = await crowd(PROCESSES);
    for (const [name, { peer, where }] of Object.entries(targets)) {
      await clients.open(name, peer, where, PROCESSES);
    }
    const figures = [];
    for (const { what, own, aim, accepted } of LIMITS) {
      const name = own ? "counters" : "counter";
      const done = {};
      const side = (target) => async () => {
        const run = { clients: PROCESSES, ms: size(1500, 300), options: { name, own } };
        const { count, perSecond } = await clients.run(target, "increment", run);
        done[target] = (done[target] ?? 0) + count;
        return perSecond;
      };
      const sides = Object.fromEntries(
        Object.keys(targets).map((target) => [target, side(target)]),
      );
      await interleave(1, sides);
      const say = (text) => progress(`${what}, ${text}`);
      const { ours, sqlite, ...others } = await interleave(size(5, 3), sides, {
        progress: say,
        late,
      });
      const lost = own ? {} : await losses(clients, done, name);
      figures.push(
        figure({
          id: `update-${own ? "own" : "one"}`,
          what: `read-modify-write/s of ${what} by ${PROCESSES} processes`,
          beside: "sqlite, WAL, FULL",
          unit: "/s",
          kind: "ratio",
          better: "more",
          ours,
          floor: sqlite,
          aim,
          accepted,
          missing: absent.join("; ") || undefined,
          note: noteOn(others, lost),
          peers: Object.fromEntries(Object.entries(others).map(([peer, of]) => [peer, median(of)])),
          failed: (lost.ours ?? 0) !== 0,
        }),
      );
    }
    await clients.end();
    await vault.stop();
    return figures;
  },
};

function places(world, { home }) {
  const folder = world.folder("peers");
  const locked = join(folder, "secrets.json.gcm");
  const peers = {
    sqlite: { peer: "sqlite", where: { file: join(folder, "secrets.db") } },
    lmdb: { peer: "lmdb", where: { folder: join(folder, "lmdb") } },
    "lock file": { peer: "lock-file", where: { file: locked } },
  };
  const reasons = Object.keys(peers).map((name) => [name, missing(name)]);
  const there = reasons.flatMap(([name, reason]) => (reason === undefined ? [name] : []));
  return {
    targets: {
      ours: { peer: "strongroom", where: { home } },
      ...Object.fromEntries(there.map((name) => [name, peers[name]])),
    },
    absent: reasons.flatMap(([, reason]) => reason ?? []),
  };
}

/** How many updates each store lost: what its counter is short of. */
async function losses(clients, done, name) {
  const lost = {};
  for (const [target, count] of Object.entries(done)) {
    const { count: reached } = await clients.run(target, "value", { options: { name } });
    lost[target] = count - reached;
  }
  return lost;
}

function noteOn(others, lost) {
  const speeds = Object.entries(others).map(([peer, of]) => `${peer} ${median(of).toFixed(0)}/s`);
  const short = Object.entries(lost).map(([peer, count]) => `${peer} ${count}`);
  return [...speeds, ...(short.length > 0 ? [`lost updates: ${short.join(", ")}`] : [])].join("; ");
}

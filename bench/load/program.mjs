// A client process: opens connections to peers and works on them as its parent says.
import { OPERATIONS } from "./operations.mjs";

const self = process.argv[2] ?? "0";
const targets = new Map();

const COMMANDS = {
  async open({ target, peer, where, clients }) {
    const { connectTo } = await import(`../peers/${peer}.mjs`);
    const connections = [];
    for (let n = 0; n < clients; n += 1) connections.push(await connectTo(where));
    targets.set(target, connections);
  },
  async run({ target, operation, clients, ms, options }) {
    const connections = targets.get(target).slice(0, clients);
    const work = OPERATIONS[operation];
    const times = [];
    const begin = performance.now();
    const counts = await Promise.all(
      connections.map((connection, index) =>
        work(connection, { ...options, self: `${self}-${index}`, until: begin + ms, times }),
      ),
    );
    const took = performance.now() - begin;
    return { count: counts.reduce((sum, count) => sum + count, 0), took, times };
  },
};

process.on("message", (message) => {
  COMMANDS[message.command](message).then(
    (result) => process.send({ result }),
    (error) => process.send({ error: String(error?.stack ?? error) }),
  );
});
// Ctrl-C reaches the whole group; the parent ends this process when it has tidied up.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());

import { createConnection } from "node:net";
import { join } from "node:path";

/** A Redis of its own that answers a write when it is on the disk, on a socket in a new folder. */
export async function startRedis(world) {
  const dir = world.folder("redis");
  const socket = join(dir, "socket");
  const settings = {
    port: "0",
    unixsocket: socket,
    unixsocketperm: "700",
    dir,
    save: "",
    appendonly: "yes",
    appendfsync: "always",
    daemonize: "no",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const server = world.spawn("redis-server", args, { stdio: ["ignore", "ignore", "inherit"] });
  await listening(socket, server);
  return { where: { socket }, stop: () => world.stop(server) };
}

async function listening(path, server) {
  while (!(await answers(path))) {
    if (server.how !== undefined) throw new Error(`redis-server ended: ${server.how}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function answers(path) {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

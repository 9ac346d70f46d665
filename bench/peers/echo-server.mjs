import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** About what a `get` sends, in bytes. */
const BYTES = 128;
const self = fileURLToPath(import.meta.url);

/** The least that a daemon in Node can do: a process that sends back what it gets. */
export async function startEcho(world) {
  const socket = join(world.folder("echo"), "socket");
  const server = world.spawn(process.execPath, [self, socket], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 5));
  return { where: { socket, bytes: BYTES }, stop: () => world.stop(server) };
}

if (process.argv[1] === self) {
  createServer((socket) => socket.on("data", (chunk) => socket.write(chunk))).listen(
    process.argv[2],
  );
}

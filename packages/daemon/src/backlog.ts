import type { Server } from "node:net";

/** Where no name can be taken away (Windows), clients may come for ever. */
const ROUNDS = 2048;

/**
 * Stops listening once everybody was accepted who connected before the server's name was taken
 * away: the kernel may keep hundreds of them, and one round of the event loop accepts one.
 */
export async function closeWhenEmpty(server: Server): Promise<void> {
  let arrived = 0;
  server.on("connection", () => {
    arrived += 1;
  });
  for (let seen = -1, round = 0; seen !== arrived && round < ROUNDS; round += 1) {
    seen = arrived;
    // An immediate made within one runs after the next poll of the sockets.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  }
  server.close();
}

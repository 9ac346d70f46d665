import { createConnection } from "node:net";

/** One connection that sends what a `get` has to send, and waits until all of it came back. */
export async function connectTo({ socket: path, bytes }) {
  const socket = createConnection(path);
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve).once("error", reject);
  });
  const payload = Buffer.alloc(bytes, "e");
  socket.on("error", () => {});
  let missing = 0;
  let answered = () => {};
  socket.on("data", (chunk) => {
    missing -= chunk.length;
    if (missing === 0) answered();
  });
  return {
    get: () =>
      new Promise((resolve) => {
        answered = resolve;
        missing = bytes;
        socket.write(payload);
      }),
  };
}

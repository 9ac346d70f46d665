import { createConnection } from "node:net";

/** One connection that sends what a `get` has to send, and waits until all of it came back. */
export async function connectTo({ socket: path, bytes }) {
  const socket = createConnection(path);
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve).once("error", reject);
  });
  const payload = Buffer.alloc(bytes, "e");
  socket.on("error", () => {});
  const waiting = [];
  let received = 0;
  socket.on("data", (chunk) => {
    received += chunk.length;
    for (; received >= bytes; received -= bytes) waiting.shift()();
  });
  return {
    get: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        socket.write(payload);
      }),
  };
}

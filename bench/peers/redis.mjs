/** One connection of npm `redis`, the client that most Node programs use. */
export async function connectTo({ socket }) {
  const { createClient } = await import("redis");
  const client = createClient({ socket: { path: socket, reconnectStrategy: false } });
  // The server is ended before its clients are; what matters rejects the operation that waits.
  client.on("error", () => {});
  await client.connect();
  return {
    get: (name) => client.get(name),
    set: (name, value) => client.set(name, value),
  };
}

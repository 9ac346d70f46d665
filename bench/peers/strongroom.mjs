import { connect } from "../../packages/client/dist/index.js";

/** One connection of the SDK to the vault of a home. */
export async function connectTo({ home }) {
  const client = await connect({ home, autostart: false, timeout: 60_000 });
  return {
    get: async (name) => (await client.get(name)).text(),
    increment: (name) => client.update(name, (now) => String(Number(now?.text() ?? 0) + 1)),
    set: (name, value) => client.set(name, value),
  };
}

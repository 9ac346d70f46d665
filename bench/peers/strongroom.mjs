import { connect } from "../../packages/client/dist/index.js";

/** One connection of the SDK to the vault of a home: the owner's, or an API key's. */
export async function connectTo({ home, key }) {
  const env = key === undefined ? {} : { env: { STRONGROOM_API_KEY: key } };
  const client = await connect({ home, ...env, autostart: false, timeout: 60_000 });
  return {
    get: async (name) => (await client.get(name)).text(),
    increment: (name) => client.update(name, (now) => String(Number(now?.text() ?? 0) + 1)),
    set: (name, value) => client.set(name, value),
  };
}

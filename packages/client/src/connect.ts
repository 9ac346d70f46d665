import { Client } from "./client.ts";
import { apiKeyOf } from "./credentials.ts";
import { resolveTimeout } from "./duration.ts";
import type { ConnectOptions } from "./options.ts";
import { Patience } from "./patience.ts";
import { checkHome, mountedDoor, resolveHome } from "./protocol/index.ts";
import { Session } from "./session.ts";
import { readVaultId } from "./vault-file.ts";

/**
 * Finds the daemon of a vault, or starts one, and shakes hands with it. Rejects with
 * `NOT_FOUND` and starts nothing when there is no vault and `create` is not set, with
 * `UNAVAILABLE` when no daemon can be reached or started, with `DENIED` when a credential
 * variable is set that cannot be honoured, or holds a key that is not valid.
 */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  const given = options.env ?? process.env;
  const env = options.home === undefined ? given : { ...given, STRONGROOM_HOME: options.home };
  const apiKey = apiKeyOf(env);
  const timeout = resolveTimeout(options.timeout, env, options.warn);
  const home = resolveHome(env);
  checkHome(home, apiKey !== undefined && mountedDoor(home) !== undefined);
  const anyDaemon = options.anyDaemon ?? false;
  const missing = !anyDaemon && readVaultId(home) === undefined;
  const session = new Session(
    {
      home,
      env,
      autostart: options.autostart ?? env["STRONGROOM_AUTOSTART"] !== "0",
      create: options.create ?? false,
      anyDaemon,
      daemon: options.daemon,
      apiKey,
    },
    options.name ?? "strongroom-sdk",
  );
  await session.open(new Patience(timeout, options.signal));
  // While the daemon says `opening` the vault may still be on its way.
  const created = (): boolean => missing && readVaultId(home) !== undefined;
  return new Client(session, timeout, env, created);
}

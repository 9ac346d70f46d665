import { parseConfig, problemOf } from "./config.ts";
import { Connection } from "./connection.ts";
import { Provider } from "./provider.ts";

/** What judges a vault's `config`; the part of a Zod schema that swamp's own tests ask for. */
export interface ConfigSchema {
  readonly safeParse: (config: unknown) => { readonly success: boolean };
}

/** What a module exports as `vault` for swamp to know a type of vaults. */
export interface VaultType {
  /** As it stands in `swamp vault create TYPE`. */
  readonly type: string;
  readonly name: string;
  readonly description: string;
  readonly configSchema: ConfigSchema;
  /** A vault of that name; connects with its first call. A `TypeError` for a wrong `config`. */
  readonly createProvider: (name: string, config: Readonly<Record<string, unknown>>) => Provider;
}

/** The type of vaults whose secrets strongroom keeps. */
export const vault: VaultType = {
  type: "@strongroom/vault",
  name: "strongroom",
  description: "Secrets in a strongroom vault, which one daemon keeps for all tools of a machine",
  configSchema: { safeParse: (config) => ({ success: problemOf(config) === undefined }) },
  createProvider: (name, config) => {
    const parsed = parseConfig(config);
    return new Provider(name, parsed.prefix ?? name, new Connection(parsed));
  },
};

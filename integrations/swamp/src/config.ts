/** The `config` of a vault in swamp; all of it optional. */
export interface VaultConfig {
  /** Where its secrets are: KEY is the secret `PREFIX/KEY`. Default: the vault's name. */
  readonly prefix?: string;
  /** The folder to use instead of `STRONGROOM_HOME` or the usual ones. */
  readonly home?: string;
  /** How long each call may take, such as `5s`; default `STRONGROOM_TIMEOUT`, else 5 s. */
  readonly timeout?: string;
}

const FIELDS = ["home", "prefix", "timeout"];

/** What is wrong with a vault's `config`, in one sentence, or nothing. */
export function problemOf(config: unknown): string | undefined {
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    return "config must be an object";
  }
  for (const [field, value] of Object.entries(config)) {
    if (!FIELDS.includes(field)) return `config has no field ${field}, only ${FIELDS.join(", ")}`;
    if (typeof value !== "string" || value === "") return `${field} must be a text, not empty`;
  }
  const { prefix, timeout } = config as VaultConfig;
  if (prefix?.startsWith("/") || prefix?.endsWith("/")) return "prefix has no / at its ends";
  if (timeout !== undefined && !/^\d+(?:ms|s|m)$/u.test(timeout)) {
    return "timeout looks like 500ms, 5s or 1m";
  }
  return undefined;
}

/** The `config` of a vault; a `TypeError` that says what is wrong with it. */
export function parseConfig(config: unknown): VaultConfig {
  const problem = problemOf(config);
  if (problem !== undefined) throw new TypeError(problem);
  return config as VaultConfig;
}

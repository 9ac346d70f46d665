import { connect } from "@strongroom/client";

/** Whoever types does not wait longer. */
const BUDGET_MS = 150;
const MOST = 200;

/**
 * Names of secrets that begin so; none when the vault is locked, or no daemon serves it, or it takes
 * too long: who types is never asked for anything, and nothing is started.
 */
export async function secretNames(
  prefix: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  if (/[*?[\]{}]/u.test(prefix)) return [];
  const work = async (): Promise<readonly string[]> => {
    const client = await connect({
      env,
      autostart: false,
      timeout: `${BUDGET_MS}ms`,
      name: "strongroom-cli",
      warn: () => undefined,
    });
    try {
      const { secrets } = await client.call("secret/list", { pattern: `${prefix}**`, limit: MOST });
      return secrets.map(({ name }) => name);
    } finally {
      client.close();
    }
  };
  const late = new Promise<readonly string[]>((resolve) => {
    setTimeout(() => resolve([]), BUDGET_MS).unref();
  });
  return await Promise.race([work().catch(() => []), late]);
}

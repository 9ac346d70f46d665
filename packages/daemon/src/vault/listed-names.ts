import { compareNames, lowerBound } from "./names.ts";
import type { VaultView } from "./state.ts";

/**
 * The names of secrets and OAuth credentials from a prefix on, or from behind a name, in byte
 * order; each once.
 */
export function* listedNames(
  view: VaultView,
  prefix: string,
  after: string | undefined,
): Generator<string> {
  const secrets = view.names();
  const credentials = [...view.oauth.keys()].toSorted(compareNames);
  let one = startOf(secrets, prefix, after);
  let other = startOf(credentials, prefix, after);
  for (;;) {
    const secret = secrets[one];
    const credential = credentials[other];
    if (secret === undefined && credential === undefined) return;
    const order = orderOf(secret, credential);
    const name = (order <= 0 ? secret : credential) ?? "";
    if (order <= 0) one += 1;
    if (order >= 0) other += 1;
    if (!name.startsWith(prefix)) return;
    yield name;
  }
}

function orderOf(secret: string | undefined, credential: string | undefined): number {
  if (secret === undefined) return 1;
  return credential === undefined ? -1 : compareNames(secret, credential);
}

function startOf(names: readonly string[], prefix: string, after: string | undefined): number {
  if (after === undefined || compareNames(after, prefix) < 0) return lowerBound(names, prefix);
  const index = lowerBound(names, after);
  return names[index] === after ? index + 1 : index;
}

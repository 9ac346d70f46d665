import { StrongroomError } from "@strongroom/client/protocol";
import { Refusal } from "../refusal.ts";
import type { Found } from "./found.ts";
import { keychainTrouble } from "./keychain-trouble.ts";

const PACKAGE = "@napi-rs/keyring";

/** What is used of that package (2.1). */
interface Keyring {
  readonly findCredentialsAsync: (
    service: string,
  ) => Promise<readonly { readonly account: string; readonly password: string }[]>;
}

/**
 * What the keychain of this system (Keychain of macOS, Credential Manager, Secret Service) keeps for
 * a service, under `SERVICE/ACCOUNT`, or `SERVICE` for an account without a name. There is no deadline, for it may ask whoever owns it.
 * `UNSUPPORTED` without the package, `UNAVAILABLE` without a keychain, `NOT_FOUND` for no password.
 */
export async function readKeychain(service: string): Promise<Found> {
  const { findCredentialsAsync } = await keyring();
  const found = await findCredentialsAsync(service).catch((cause: unknown) => {
    throw keychainTrouble(cause);
  });
  if (found.length === 0) {
    throw new StrongroomError("NOT_FOUND", `the keychain keeps no password of ${service}`, {
      hint: "strongroom import --from keychain SERVICE, as the program that stored it calls itself",
    });
  }
  const items = found.map(({ account, password }) => ({
    name: account === "" ? service : `${service}/${account}`,
    value: Buffer.from(password),
  }));
  return { items, credentials: [], remarks: [] };
}

async function keyring(): Promise<Keyring> {
  const loaded: unknown = await import(PACKAGE).catch(() => undefined);
  if (isKeyring(loaded)) return loaded;
  throw new Refusal(
    "UNSUPPORTED",
    `keychains are read by ${PACKAGE}, which is not installed beside strongroom`,
    `npm install ${PACKAGE}@2.1.2`,
  );
}

function isKeyring(loaded: unknown): loaded is Keyring {
  return typeof loaded === "object" && loaded !== null && "findCredentialsAsync" in loaded;
}

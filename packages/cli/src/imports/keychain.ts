import { StrongroomError } from "@strongroom/client/protocol";
import { Refusal } from "../refusal.ts";
import type { Found, Item } from "./found.ts";
import { keychainTrouble } from "./keychain-trouble.ts";

const PACKAGE = "@napi-rs/keyring";
/** What the package puts in the place of bytes that are no UTF-8. */
const REPLACED = "\uFFFD";
/** Else it may look in the kernel, where it lists nothing. */
const LASTING = { linux: { store: "secret-service" } } as const;

/** What is used of that package (2.1). */
interface Keyring {
  readonly AsyncEntry: new (
    service: string,
    account: string,
    options: typeof LASTING,
  ) => { getSecret(): Promise<readonly number[] | null> };
  readonly findCredentialsAsync: (
    service: string,
  ) => Promise<readonly { readonly account: string; readonly password: string }[]>;
}

/**
 * What the keychain of this system (Keychain of macOS, Credential Manager, Secret Service) keeps for
 * a service, under `SERVICE/ACCOUNT`, or `SERVICE` for an account without a name; byte for byte, or
 * left out and named. There is no deadline, for it may ask whoever owns it.
 * `UNSUPPORTED` without the package, `UNAVAILABLE` without a keychain, `NOT_FOUND` for no password.
 */
export async function readKeychain(service: string): Promise<Found> {
  const { AsyncEntry, findCredentialsAsync } = await keyring();
  const found = await findCredentialsAsync(service).catch((cause: unknown) => {
    throw keychainTrouble(cause);
  });
  if (found.length === 0) {
    throw new StrongroomError("NOT_FOUND", `the keychain keeps no password of ${service}`, {
      hint: "strongroom import --from keychain SERVICE, as the program that stored it calls itself",
    });
  }
  const items: Item[] = [];
  const remarks = new Set<string>();
  for (const { account, password } of found) {
    const name = account === "" ? service : `${service}/${account}`;
    const value = password.includes(REPLACED)
      ? await bytesOf(new AsyncEntry(service, account, LASTING))
      : Buffer.from(password);
    if (value === undefined) {
      remarks.add(`${name} is no text, and the keychain does not give its bytes: it is left out`);
    } else items.push({ name, value });
  }
  return { items, credentials: [], remarks: [...remarks] };
}

/** A password as it is kept; nothing where there are two of that name, or none any more. */
async function bytesOf(entry: InstanceType<Keyring["AsyncEntry"]>): Promise<Buffer | undefined> {
  try {
    const bytes = await entry.getSecret();
    return bytes === null ? undefined : Buffer.from(bytes);
  } catch {
    return undefined;
  }
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
  return (
    typeof loaded === "object" &&
    loaded !== null &&
    "AsyncEntry" in loaded &&
    "findCredentialsAsync" in loaded
  );
}

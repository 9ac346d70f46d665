import { sealJwe } from "./jwe-seal.ts";
import { unsaid } from "./moved.ts";
import type { Leaving, Left, Moved } from "./moved.ts";

const MOST_NAME_BYTES = 255;

/** gogcli's keyring: a JWE for each key, called by the key in base64url behind a prefix. */
export async function gogcliFolder(leaving: readonly Leaving[], password: string): Promise<Moved> {
  const files = new Map<string, Buffer>();
  const left: Left[] = [];
  for (const { name, secret } of leaving) {
    const key = `_gogcli_key_v1_${Buffer.from(name).toString("base64url")}`;
    if (key.length > MOST_NAME_BYTES) {
      left.push({ name: secret.name, why: "has a name that is too long for a file" });
      continue;
    }
    const item = {
      Key: key,
      Data: Buffer.from(secret.value, secret.encoding).toString("base64"),
      Label: "",
      Description: "",
      KeychainNotTrustApplication: false,
      KeychainNotSynchronizable: false,
    };
    const sealed = await sealJwe(JSON.stringify(item), password, goTime(secret.updatedAt));
    files.set(key, Buffer.from(sealed));
  }
  return { content: files, count: files.size, left, remarks: unsaid(leaving, []) };
}

/** As Go prints a time. */
function goTime(at: number): string {
  return new Date(at).toISOString().replace("T", " ").replace("Z", " +0000 UTC");
}

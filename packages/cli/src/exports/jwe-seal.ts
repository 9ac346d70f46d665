import { createCipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { wrapKey } from "../key-wrap.ts";

const ALG = "PBES2-HS256+A128KW";
/** As many as 99designs/keyring takes. */
const ROUNDS = 8192;

/** A compact JWE (RFC 7516) by PBES2-HS256+A128KW and A256GCM (RFC 7518 sections 4.8 and 5.3). */
export async function sealJwe(text: string, password: string, created: string): Promise<string> {
  const [salt, key, iv] = [randomBytes(12), randomBytes(32), randomBytes(12)];
  const header = encoded(
    JSON.stringify({ alg: ALG, created, enc: "A256GCM", p2c: ROUNDS, p2s: encoded(salt) }),
  );
  const salted = Buffer.concat([Buffer.from(ALG), Buffer.of(0), salt]);
  const kek = await promisify(pbkdf2)(password, salted, ROUNDS, 16, "sha256");
  const wrapped = await wrapKey(kek, key);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(Buffer.from(header, "ascii"));
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  return [header, ...[wrapped, iv, sealed, cipher.getAuthTag()].map(encoded)].join(".");
}

function encoded(bytes: string | Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

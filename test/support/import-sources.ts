import { createCipheriv, createHash, pbkdf2Sync, randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CompactEncrypt } from "jose";

// Made of the formats' published parameters and Node's own crypto, not by what reads them.

/** ToolHive's file with these secrets. */
export function toolhive(
  password: string,
  secrets: object,
  encoding: BufferEncoding = "utf8",
): Buffer {
  const nonce = randomBytes(12);
  const key = createHash("sha256").update(password).digest();
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const text = Buffer.concat([
    cipher.update(JSON.stringify({ secrets }), encoding),
    cipher.final(),
  ]);
  return Buffer.concat([nonce, text, cipher.getAuthTag()]);
}

/** What a file of swamp is sealed with; `body` = of a PEM file what is in it. */
export interface SwampSealing {
  readonly material: Buffer;
  readonly version: number;
}

/** One `.enc` file of swamp. */
export function swampFile({ material, version }: SwampSealing, text: Buffer | string): string {
  const [iv, salt] = [randomBytes(12), randomBytes(16)];
  const cipher = createCipheriv(
    "aes-256-gcm",
    pbkdf2Sync(material, salt, 100_000, 32, "sha256"),
    iv,
  );
  const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  const fields = { iv, data: sealed, salt };
  const encoded = Object.entries(fields).map(([name, bytes]) => [name, bytes.toString("base64")]);
  return JSON.stringify({ ...(Object.fromEntries(encoded) as object), version });
}

/** A repository of swamp with one vault, and a key of its own; returns the vault's folder. */
export function swampRepository(
  root: string,
  version: number,
  secrets: { readonly [key: string]: string },
): string {
  const vault = join(root, ".swamp/secrets/local_encryption/main");
  for (const folder of ["", ".annotations", ".refresh"])
    mkdirSync(join(vault, folder), { recursive: true });
  const material = `${randomUUID()}${randomUUID()}`;
  writeFileSync(join(vault, ".key"), material);
  const sealing = { material: Buffer.from(material), version };
  for (const [key, value] of Object.entries(secrets)) {
    writeFileSync(join(vault, `${key}.enc`), swampFile(sealing, value));
  }
  const [first = ""] = Object.keys(secrets);
  const about = {
    url: "https://a.example",
    notes: "a note",
    labels: { env: "prod" },
    updatedAt: "2025-01-02T03:04:05Z",
  };
  writeFileSync(
    join(vault, ".annotations", `${first}.enc`),
    swampFile(sealing, JSON.stringify(about)),
  );
  const hook = { command: "touch /tmp/never-run", ttlMs: 1, ttl: "1ms", lastRefreshedAt: null };
  writeFileSync(join(vault, ".refresh", `${first}.enc`), swampFile(sealing, JSON.stringify(hook)));
  return vault;
}

/** One file of a keyring of 99designs, which gogcli uses, made by another implementation. */
export async function jwe(key: string, data: string, password = "pw", p2c = 1000): Promise<string> {
  return await jweOf({ Key: key, Data: Buffer.from(data).toString("base64") }, password, p2c);
}

/** Such a file with these members of its own. */
export async function jweOf(item: object, password = "pw", p2c = 1000): Promise<string> {
  const whole = { ...item, Label: "l", Description: "" };
  return await new CompactEncrypt(Buffer.from(JSON.stringify(whole)))
    .setProtectedHeader({
      alg: "PBES2-HS256+A128KW",
      enc: "A256GCM",
      created: "2025-01-02T03:04:05Z",
    })
    .setKeyManagementParameters({ p2c, p2s: randomBytes(12) })
    .encrypt(Buffer.from(password));
}

/** mcporter's file with one account, and one that no vault can take. */
export function mcporter(version: number): object {
  return {
    version,
    entries: {
      "notes|0123456789abcdef": mcporterEntry("notes"),
      "bare|fedcba9876543210": { serverName: "bare", tokens: { access_token: "x" }, updatedAt: 1 },
    },
  };
}

/** One account of mcporter's file. */
export function mcporterEntry(serverName: string): object {
  return {
    serverName,
    serverUrl: `https://mcp.example/${serverName}`,
    tokens: {
      access_token: "access-of-mcporter",
      refresh_token: "refresh-of-mcporter",
      token_type: "Bearer",
      scope: "read write",
      expires_at: 4_000_000_000,
      __mcporter_generation: randomUUID(),
    },
    clientInfo: { client_id: "client", client_secret: "hush" },
    discoveryState: {
      authorizationServerMetadata: {
        issuer: "https://as.example",
        token_endpoint: "https://as.example/token",
      },
    },
    updatedAt: "2026-01-01T00:00:00Z",
  };
}

/** An account of mcporter, as its published versions know it. */
export interface PublishedAccount {
  readonly url: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly tokens: object;
}

/** mcporter's file as its versions up to 0.12.3 write it: where a server gives tokens is not in it. */
export function publishedMcporter({ clientId, issuer, tokens, url }: PublishedAccount): object {
  const key = createHash("sha256").update(JSON.stringify({ name: "notes", url, command: null }));
  const entry = {
    serverName: "notes",
    serverUrl: url,
    updatedAt: "2026-01-01T00:00:00.000Z",
    clientInfo: {
      redirect_uris: ["http://127.0.0.1:40000/callback"],
      token_endpoint_auth_method: "none",
      client_name: "mcporter (notes)",
      client_id: clientId,
      issuer,
    },
    state: "a-state",
    codeVerifier: "a-verifier",
    tokens: { token_type: "Bearer", scope: "read", issuer, expires_at: 4_000_000_000, ...tokens },
  };
  return { version: 1, entries: { [`notes|${key.digest("hex").slice(0, 16)}`]: entry } };
}

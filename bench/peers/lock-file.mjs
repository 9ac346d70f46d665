import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";

const KEY = Buffer.alloc(32, 7);
const CIPHER = "aes-256-gcm";

/** What one writes by hand: a lock file beside an encrypted JSON file that is written as a whole. */
export async function connectTo({ file }) {
  const { default: lockfile } = await import("proper-lockfile");
  const retries = { retries: 100_000, factor: 1, minTimeout: 1, maxTimeout: 4 };
  return {
    get: async (name) => (await load(file))[name],
    increment: async (name) => {
      const release = await lockfile.lock(file, { retries, realpath: false });
      try {
        const secrets = await load(file);
        secrets[name] = String(Number(secrets[name] ?? 0) + 1);
        await store(file, secrets);
      } finally {
        await release();
      }
    },
  };
}

async function load(file) {
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined) return {};
  const decipher = createDecipheriv(CIPHER, KEY, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]));
}

async function store(file, secrets) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv(CIPHER, KEY, nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(secrets)), cipher.final()]);
  const handle = await open(`${file}.new`, "w", 0o600);
  try {
    await handle.writeFile(Buffer.concat([nonce, cipher.getAuthTag(), sealed]));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}

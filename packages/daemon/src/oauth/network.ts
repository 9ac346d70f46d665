import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { shellWord, StrongroomError } from "@strongroom/client/protocol";

/** The name of the file in the config folder. */
export const NETWORK_FILE = "network.json";

/** How this daemon gets at the network, beside what the system does. */
export interface Network {
  /** What all but the private host of a credential is spoken to through. */
  readonly proxy?: URL;
  /** Certificates in PEM that are believed beside those of Node. */
  readonly extraCa?: string;
}

const KEYS: readonly string[] = ["extraCa", "proxy"];
const OTHERS_WRITE = 0o022n;

/**
 * What `network.json` of a config folder says: `proxy` (the URL of an HTTP proxy) and `extraCa`
 * (the absolute path of a PEM file that only its owner, we or root, may write). Nothing where there
 * is no such file. Rejects with `INVALID` or `DENIED` naming it.
 */
export async function readNetwork(folder: string): Promise<Network> {
  const path = join(folder, NETWORK_FILE);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "{}";
    throw invalid(path, "it cannot be read", error);
  });
  const { extraCa, proxy } = parse(text, path);
  return {
    ...(proxy === undefined ? {} : { proxy: proxyOf(proxy, path) }),
    ...(extraCa === undefined ? {} : { extraCa: await certificates(extraCa, path) }),
  };
}

function parse(text: string, path: string): { readonly [key: string]: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(path, "it is no JSON", error);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(path, "it is no object");
  }
  for (const [key, each] of Object.entries(value)) {
    if (!KEYS.includes(key)) throw invalid(path, `it has a key that is none of ${KEYS.join(", ")}`);
    if (typeof each !== "string") throw invalid(path, `${key} is no text`);
  }
  return value as { readonly [key: string]: string };
}

function proxyOf(text: string, path: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:") throw invalid(path, "proxy is no URL that begins with http://");
  return url;
}

async function certificates(file: string, path: string): Promise<string> {
  if (!isAbsolute(file)) throw invalid(path, "extraCa is no absolute path");
  try {
    const { mode, uid } = await stat(file, { bigint: true });
    const ours = process.getuid?.();
    // Whoever can write it can be every server.
    if (ours !== undefined && ((uid !== 0n && Number(uid) !== ours) || mode & OTHERS_WRITE)) {
      throw new StrongroomError("DENIED", `${file} can be changed by other users`, {
        hint: `chmod go-w ${shellWord(file)}`,
      });
    }
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof StrongroomError) throw error;
    throw invalid(path, "the file that extraCa names cannot be read", error);
  }
}

function invalid(path: string, what: string, cause?: unknown): StrongroomError {
  return new StrongroomError("INVALID", `${path}: ${what}`, {
    hint: `mend it, or remove it: rm ${shellWord(path)}`,
    ...(cause === undefined ? {} : { cause }),
  });
}

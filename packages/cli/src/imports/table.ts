import { homedir } from "node:os";
import { join } from "node:path";
import { readAge } from "./age.ts";
import type { Reader } from "./found.ts";
import { readGogcli } from "./gogcli.ts";
import { readKeychainApart } from "./keychain-apart.ts";
import { readKeyringFolder } from "./keyring-file.ts";
import { readMcporter, usualMcporter } from "./mcporter.ts";
import { readPass, usualPass } from "./pass.ts";
import { readDotenv, readJson } from "./plain.ts";
import { readSwamp } from "./swamp.ts";
import { readToolhive } from "./toolhive.ts";

/** A kind of source. */
export interface Kind {
  readonly read: Reader;
  /** Where it usually is; absent = the path has to be named. */
  readonly usual?: (env: NodeJS.ProcessEnv) => string;
  /** What is to be named where that is no path. */
  readonly takes?: string;
}

/** The kinds of sources, sorted. */
export const KINDS: { readonly [kind: string]: Kind } = {
  age: { read: readAge },
  dotenv: { read: readDotenv, usual: () => ".env" },
  gogcli: { read: readGogcli, usual: (env) => join(dataHome(env), "gogcli", "keyring") },
  json: { read: readJson },
  keychain: { read: readKeychainApart, takes: "the service whose passwords are wanted" },
  "keyring-file": { read: readKeyringFolder },
  mcporter: { read: readMcporter, usual: usualMcporter },
  pass: { read: readPass, usual: usualPass },
  swamp: { read: readSwamp, usual: () => "." },
  toolhive: {
    read: readToolhive,
    usual: (env) => join(dataHome(env), "toolhive", "secrets_encrypted"),
  },
};

function dataHome({ XDG_DATA_HOME: data }: NodeJS.ProcessEnv): string {
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support");
  return data ?? join(homedir(), ".local", "share");
}

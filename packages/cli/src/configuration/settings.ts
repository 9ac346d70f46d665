import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { makeFolder, moveAside, resolveHome, StrongroomError } from "@strongroom/client/protocol";
import { replaceFile } from "../replace-file.ts";

/** What can be configured, by its key: what it is, and whether a value can be it. */
export const SETTINGS: {
  readonly [key: string]: { readonly help: string; readonly fits: (value: string) => boolean };
} = {
  extraCa: {
    help: "a PEM file of certificates that OAuth servers may have besides",
    fits: isAbsolute,
  },
  proxy: {
    help: "the proxy that OAuth servers are spoken to through, http://HOST:PORT",
    fits: (value) => URL.canParse(value) && new URL(value).protocol === "http:",
  },
};

/** Keys with their values, as they stand in the file. */
export type Settings = { readonly [key: string]: string };

/** What is configured. */
export function readSettings(): Settings {
  let text: string;
  try {
    text = readFileSync(file(), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw unreadable();
  }
  const settings = parsed(text);
  if (settings === undefined) throw unreadable();
  return settings;
}

function parsed(text: string): Settings | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const settings = new Map<string, string>();
  for (const [key, each] of Object.entries(value)) {
    if (typeof each !== "string") return undefined;
    settings.set(key, each);
  }
  return Object.fromEntries(settings);
}

/** Writes them all, whole or not at all; the daemon reads them before it speaks to anybody. */
export function writeSettings(settings: Settings): void {
  makeFolder(resolveHome(process.env).config);
  replaceFile(file(), Buffer.from(`${JSON.stringify(settings, undefined, 2)}\n`));
}

function file(): string {
  return join(resolveHome(process.env).config, "network.json");
}

function unreadable(): StrongroomError {
  return new StrongroomError("INVALID", `${file()} cannot be read, or is no JSON object of texts`, {
    hint: `mend the file, or move it away: ${moveAside(file())}`,
  });
}

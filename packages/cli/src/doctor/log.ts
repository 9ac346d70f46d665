import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { shellWord } from "@strongroom/client/protocol";
import { note, ok } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { Scene } from "./scene.ts";

/** More than daemons ever keep there, bytes. */
const MUCH = 20_971_520;

/** What the log takes of the disk. */
export function checkLog({ home }: Scene): Finding[] {
  const files = sizes(home.log).toSorted((one, other) => other.bytes - one.bytes);
  const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const [largest] = files;
  const size = `${Math.ceil(all / 1_048_576)} MiB in ${home.log}`;
  if (largest === undefined || all <= MUCH) return [ok("log", size)];
  return [note("log", `${size}: more than a daemon keeps`, `rm ${shellWord(largest.path)}`)];
}

function sizes(folder: string): { readonly path: string; readonly bytes: number }[] {
  try {
    return readdirSync(folder).map((name) => {
      const path = join(folder, name);
      return { path, bytes: Number(statSync(path, { bigint: true }).size) };
    });
  } catch {
    return [];
  }
}

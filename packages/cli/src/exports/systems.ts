import { StrongroomError } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { REFUSALS } from "../refusal.ts";
import { escapeLine } from "../escape.ts";
import { writeJson, writeNote } from "../output.ts";
import { readPassphrase } from "../passphrase.ts";
import { demandNoWorkTree } from "../work-tree.ts";
import { collect } from "./collect.ts";
import { gogcliFolder } from "./gogcli-folder.ts";
import { mcporterFile } from "./mcporter-file.ts";
import type { Gone } from "./mcporter-file.ts";
import type { Leaving, Moved } from "./moved.ts";
import { demandFree, fillPlace } from "./new-place.ts";
import { swampFolder } from "./swamp-folder.ts";
import { toolhiveFile } from "./toolhive-file.ts";

type Made = Moved & { readonly gone?: readonly Gone[] };

interface System {
  readonly isFile: boolean;
  readonly make: (input: Input, prefix: string) => Promise<Made>;
}

const SYSTEMS: { readonly [name: string]: System } = {
  gogcli: {
    isFile: false,
    make: async (input, prefix) =>
      gogcliFolder(await leaving(input, prefix), await password(input)),
  },
  mcporter: {
    isFile: true,
    make: ({ caller, values }, prefix) =>
      mcporterFile(caller, prefix === "" ? "mcp/" : prefix, values["retire"] === true),
  },
  swamp: {
    isFile: false,
    make: async (input, prefix) => swampFolder(await leaving(input, prefix)),
  },
  toolhive: {
    isFile: true,
    make: async (input, prefix) =>
      toolhiveFile(await leaving(input, prefix), await password(input)),
  },
};

/** The systems that can be moved to, sorted. */
export const SYSTEM_NAMES: readonly string[] = Object.keys(SYSTEMS);

/**
 * Writes what the vault has, or what is below a prefix, so that another system reads it. What that
 * cannot take is said, and the status is 15 then.
 */
export async function exportTo(input: Input, prefix: string): Promise<number> {
  const {
    positionals: [path],
    values,
  } = input;
  const name = String(values["to"]);
  const system = Object.hasOwn(SYSTEMS, name) ? SYSTEMS[name] : undefined;
  if (system === undefined) throw usage(`--to takes ${SYSTEM_NAMES.join(", ")}`);
  if (path === undefined) throw usage(`--to ${name} takes a path`);
  if (values["retire"] === true && name !== "mcporter")
    throw usage("--retire goes with --to mcporter");
  const isForced = values["force"] === true;
  if (!isForced) demandNoWorkTree(path, `strongroom export --force --to ${name} PATH`);
  demandFree(path, isForced, system.isFile);
  const made = await system.make(input, prefix);
  const aside = fillPlace(path, made.content, isForced);
  await retire(input, made.gone ?? []);
  report(input, { ...made, aside, name, path });
  return made.left.length === 0 ? 0 : REFUSALS.PROBLEMS;
}

/** Only when the file is on the disk. */
async function retire({ caller }: Input, gone: readonly Gone[]): Promise<void> {
  for (const { generation, name } of gone) {
    try {
      await caller.change("oauth/remove", { name, expect: { version: generation } });
    } catch (error) {
      if (!(error instanceof StrongroomError) || error.code !== "CONFLICT") throw error;
      throw new StrongroomError(
        "CONFLICT",
        `${JSON.stringify(name)} was refreshed meanwhile, and what mcporter has of it is used up`,
        { hint: "strongroom export --force --retire --to mcporter PATH", cause: error },
      );
    }
  }
}

function report(
  { values }: Input,
  {
    aside,
    count,
    gone = [],
    left,
    name,
    path,
    remarks,
  }: Made & {
    readonly aside: string | undefined;
    readonly name: string;
    readonly path: string;
  },
): void {
  if (values["json"] === true) {
    const retired = gone.map((each) => each.name);
    writeJson({
      to: name,
      path,
      written: count,
      left,
      retired,
      remarks,
      ...(aside === undefined ? {} : { aside }),
    });
    return;
  }
  for (const each of left) writeNote(`strongroom: ${escapeLine(each.name)} ${each.why}`);
  for (const remark of remarks) writeNote(`strongroom: ${remark}`);
  for (const each of gone)
    writeNote(`strongroom: ${escapeLine(each.name)} is mcporter's alone now`);
  if (aside !== undefined) writeNote(`strongroom: what was there is now ${escapeLine(aside)}`);
  writeNote(`strongroom: ${count} written to ${escapeLine(path)}`);
}

async function leaving({ caller }: Input, prefix: string): Promise<Leaving[]> {
  const secrets = await collect(caller, `${prefix}**`);
  return secrets.map((secret) => ({ name: secret.name.slice(prefix.length), secret }));
}

function password({ values }: Input): Promise<string> {
  const command = "strongroom export --passphrase-file FILE --to KIND PATH";
  return readPassphrase(values, { fresh: true, command, isOther: true });
}

function usage(what: string): StrongroomError {
  return new StrongroomError("INVALID", `export: ${what}`, { hint: "strongroom help export" });
}

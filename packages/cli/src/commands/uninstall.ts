import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { resolveHome } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";
import { halt } from "../daemon-control.ts";
import { isNamed, namedHomes } from "../named-vault.ts";
import { writeJson, writeNote } from "../output.ts";
import { runtimeFolder, sweep } from "../run/secret-files.ts";
import { removeService } from "../service/remove.ts";

type Home = ReturnType<typeof resolveHome>;

/** `uninstall`: ends what runs and takes away what it left; the secrets only when that is said. */
export const uninstall: Command = {
  operands: "",
  arity: [0, 0],
  options: {
    secrets: { type: "boolean", help: "the vaults, their keys and backups, too; for ever" },
    yes: { type: "boolean", help: "without asking" },
  },
  examples: [
    "strongroom uninstall",
    "strongroom uninstall --vault work",
    "strongroom uninstall --secrets",
  ],
  notes: [
    "Takes away an installed service, and stops the daemons of the usual vault and of all that",
    "--vault ever named, or of the one that it names here; removes their logs, sockets and files",
    "of killed runs. Vaults, keys and backups stay unless --secrets is given: then nothing opens them",
    "any more. The program itself is removed by npm.",
  ],
  async run({ values }) {
    const isForEver = values["secrets"] === true;
    const homes = homesOf(values);
    const all = homes.flatMap(([, home]) => foldersOf(home, isForEver));
    const folders = all.filter((folder) => existsSync(folder));
    if (isForEver && values["yes"] !== true) {
      const { confirm } = await import("../prompt.ts");
      const vaults = homes.map(([, { vault }]) => vault).filter((folder) => existsSync(folder));
      const question = `All secrets in ${vaults.join(", ")} are lost for ever, with keys and backups.`;
      await confirm(question, "strongroom uninstall --secrets --yes");
    }
    // Before the daemons: a supervisor would start them again.
    for (const [root] of homes) removeService(inHome(root));
    const stopped: string[] = [];
    for (const [root, { vault }] of homes) if (await stopIn(root, values)) stopped.push(vault);
    sweep(runtimeFolder(process.env));
    for (const [root, home] of homes) {
      for (const folder of foldersOf(home, isForEver)) removeFolder(folder, home.state);
      if (root !== undefined) removeEmpty(root);
    }
    if (values["json"] === true) writeJson({ removed: folders, stopped });
    else {
      for (const vault of stopped) writeNote(`strongroom: stopped the daemon of ${vault}`);
      for (const folder of folders) writeNote(`strongroom: removed ${folder}`);
      const kept = homes.map(([, { vault }]) => vault).filter((folder) => existsSync(folder));
      for (const vault of kept) writeNote(`strongroom: kept ${vault}`);
      writeNote("strongroom: the program itself: npm uninstall --global strongroom");
    }
    return 0;
  },
};

/** The homes that are meant: with its root where `--vault` once named it, without for the usual. */
function homesOf(values: Input["values"]): (readonly [root: string | undefined, home: Home])[] {
  const usual = [undefined, resolveHome(process.env)] as const;
  if (values["vault"] !== undefined) return [usual];
  if (isNamed(process.env)) return [usual];
  const roots = [...namedHomes(process.env).values()];
  const named = roots.map((root) => [root, resolveHome(inHome(root))] as const);
  return [usual, ...named.filter(([, { vault }]) => existsSync(vault))];
}

function inHome(root: string | undefined): NodeJS.ProcessEnv {
  return root === undefined ? process.env : { ...process.env, STRONGROOM_HOME: root };
}

function foldersOf(home: Home, isForEver: boolean): readonly string[] {
  const { backups, config, log, run, state, vault } = home;
  return isForEver ? [log, run, vault, config, state, backups] : [log, run];
}

async function stopIn(root: string | undefined, values: Input["values"]): Promise<boolean> {
  const before = process.env["STRONGROOM_HOME"];
  if (root !== undefined) process.env["STRONGROOM_HOME"] = root;
  try {
    return await halt(values);
  } finally {
    if (before === undefined) delete process.env["STRONGROOM_HOME"];
    else process.env["STRONGROOM_HOME"] = before;
  }
}

// By env-paths the log's folder holds the state, which says what the vault was last.
function removeFolder(folder: string, state: string): void {
  if (!state.startsWith(`${folder}/`)) return rmSync(folder, { recursive: true, force: true });
  for (const name of ["strongroomd.log", "start.log"]) rmSync(join(folder, name), { force: true });
}

function removeEmpty(root: string): void {
  if (existsSync(root) && readdirSync(root).length === 0) rmdirSync(root);
}

import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { resolveHome, StrongroomError } from "@strongroom/client/protocol";
import type { PathEnvironment } from "@strongroom/client/protocol";
import { COMMANDS } from "./table.ts";

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/u;

/**
 * The home of a vault that `--vault` names: a folder of its own in `vaults/`, beside the usual
 * vault. Undefined when none is named; `INVALID` for what is no name.
 */
export function namedHome(argv: readonly string[], env: PathEnvironment): string | undefined {
  const name = nameIn(argv);
  if (name === undefined) return undefined;
  if (!NAME.test(name)) {
    throw new StrongroomError("INVALID", "--vault takes a name of a-z, 0-9, dots and dashes", {
      hint: "strongroom list --vault work",
    });
  }
  return join(placeOf(env).named, name);
}

/** Whether `--vault` has named the vault that the environment is of. */
export function isNamed(env: PathEnvironment): boolean {
  const { home, named } = placeOf(env);
  return dirname(home) === named;
}

/** The homes of all named vaults, by their names. */
export function namedHomes(env: PathEnvironment): ReadonlyMap<string, string> {
  const folder = placeOf(env).named;
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    names = [];
  }
  return new Map(names.toSorted().map((name) => [name, join(folder, name)]));
}

interface Place {
  readonly home: string;
  /** Where named vaults lie: beside the usual one, also for who acts on a named one already. */
  readonly named: string;
}

function placeOf(env: PathEnvironment): Place {
  const home = dirname(resolveHome(env).vault);
  const above = dirname(home);
  const within = join(home, "vaults");
  // Somebody may have chosen a home in a folder of that name: named ones are in it then.
  const isChosen = existsSync(within) && !existsSync(join(dirname(above), "vault"));
  return { home, named: basename(above) === "vaults" && !isChosen ? above : within };
}

/** What no vault matters to. */
const ANYWHERE: ReadonlySet<string> = new Set(["completion", "help", "version"]);

/** Text whose commands act on the vault that `--vault` names in `argv`, and not on the usual one. */
export function forNamedVault(text: string, argv: readonly string[]): string {
  const name = nameIn(argv);
  return text.replaceAll(/\bstrongroom ([a-z-]+)(?![\w-]| --vault\b)/gu, (said, verb: string) => {
    const isOurs = Object.hasOwn(COMMANDS, verb) && !ANYWHERE.has(verb);
    return isOurs && name !== undefined ? `${said} --vault ${name}` : said;
  });
}

/** The name behind `--vault`, wherever it stands before `--`. */
function nameIn(argv: readonly string[]): string | undefined {
  const end = argv.indexOf("--");
  const own = end === -1 ? argv : argv.slice(0, end);
  for (const [at, word] of own.entries()) {
    if (word === "--vault") return own[at + 1] ?? "";
    if (word.startsWith("--vault=")) return word.slice("--vault=".length);
  }
  return undefined;
}

import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";
import { readSettings, SETTINGS, writeSettings } from "../configuration/settings.ts";
import { escapeLine } from "../escape.ts";
import { columns } from "../listing.ts";
import { writeData, writeJson } from "../output.ts";

const PARTS: ReadonlyMap<string, (input: Input) => number> = new Map([
  ["get", get],
  ["list", list],
  ["set", set],
  ["unset", unset],
]);

/** `config get | set | unset | list`: what the daemon is told beside its vault. */
export const config: Command = {
  operands: "get KEY | set KEY VALUE | unset KEY | list",
  arity: [1, 3],
  options: {},
  examples: [
    "strongroom config set proxy http://proxy.example:3128",
    "strongroom config set extraCa /etc/ssl/company.pem",
    "strongroom config list",
  ],
  notes: [
    ...Object.entries(SETTINGS).flatMap(([key, { help }]) => [`${key}: ${help}.`, ""]),
    "It stands in network.json in the folder of the configuration, and holds from the next time",
    "on that the daemon speaks to a server. What the vault itself is told is kept in it: see",
    "strongroom help audit, help key and help unlock.",
  ],
  run: async (input) => {
    const part = PARTS.get(input.positionals[0] ?? "");
    if (part !== undefined) return part(input);
    throw usage("that is neither get, set, unset nor list");
  },
};

function get({ positionals: [, key = ""], values }: Input): number {
  const value = readSettings()[known(key)];
  if (value === undefined) {
    throw new StrongroomError("NOT_FOUND", `${key} is not configured`, {
      hint: "strongroom config list",
    });
  }
  if (values["json"] === true) writeJson({ key, value });
  else writeData(`${escapeLine(value)}\n`);
  return 0;
}

function set({ positionals: [, key = "", value], values }: Input): number {
  if (value === undefined) throw usage("set takes a key and a value");
  if (SETTINGS[known(key)]?.fits(value) !== true) throw usage(`${key} is ${SETTINGS[key]?.help}`);
  writeSettings({ ...readSettings(), [key]: value });
  if (values["json"] === true) writeJson({ key, value });
  return 0;
}

function unset({ positionals: [, key = ""], values }: Input): number {
  const { [known(key)]: was, ...rest } = readSettings();
  writeSettings(rest);
  if (values["json"] === true) writeJson({ key, wasSet: was !== undefined });
  return 0;
}

function list({ values }: Input): number {
  const settings = readSettings();
  if (values["json"] === true) writeJson({ settings });
  else {
    const rows = Object.entries(SETTINGS).map(([key, { help }]) => [
      key,
      settings[key] ?? "",
      help,
    ]);
    writeData(columns(rows.map((row) => row.map(escapeLine))));
  }
  return 0;
}

function known(key: string): string {
  if (Object.hasOwn(SETTINGS, key)) return key;
  throw usage(`there is no such key; there are ${Object.keys(SETTINGS).join(", ")}`);
}

function usage(what: string): StrongroomError {
  return new StrongroomError("INVALID", `config: ${what}`, { hint: "strongroom help config" });
}
